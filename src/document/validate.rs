//! JSON Schema errors as problems: at the exact place, in the words of the document.

use std::sync::Arc;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::yaml::{Node, escape};
use crate::source::SourceFile;
use crate::problem::{Problem, did_you_mean};

/// Checks a value against the schema of its kind; every error becomes a problem.
pub(super) fn check(
    file: &Arc<SourceFile>,
    node: &Node,
    value: &Value,
    (schema, validator): (&Value, &Validator),
    problems: &mut Vec<Problem>,
) {
    // Most documents are right; looking for the errors one by one costs more.
    if validator.is_valid(value) {
        return;
    }
    for error in validator.iter_errors(value) {
        explain(file, node, schema, &error, problems);
    }
}

fn explain(
    file: &Arc<SourceFile>,
    node: &Node,
    schema: &Value,
    error: &ValidationError<'_>,
    problems: &mut Vec<Problem>,
) {
    let pointer = error.instance_path().as_str().to_owned();
    let here = node.locate(&pointer);
    let place = if pointer.is_empty() { "the document".to_owned() } else { format!("`{}`", dotted(&pointer)) };
    let found = short(error.instance());
    let problem = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = properties(schema, error.schema_path().as_str());
            for key in unexpected {
                let key_pointer = format!("{pointer}/{}", escape(key));
                let span = node.locate_key(&key_pointer).unwrap_or_else(|| here.clone());
                let problem = Problem::new(format!("unknown key `{key}` in {place}")).at(file, span, "not a key here");
                let help = did_you_mean(key, known.iter().map(String::as_str))
                    .map_or_else(|| format!("known keys: {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
                problems.push(problem.help(help));
            }
            return;
        }
        ValidationErrorKind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            let span = if pointer.is_empty() { 0..0 } else { node.locate_key(&pointer).unwrap_or(here) };
            Problem::new(format!("{place} lacks `{key}`")).at(file, span, format!("`{key}` is missing here"))
        }
        ValidationErrorKind::Constant { expected_value } if pointer == "/version" => {
            Problem::new(format!("unknown version {found}"))
                .at(file, here, "not a version that this Tidegate reads")
                .help(format!("this Tidegate reads version {expected_value}; a newer document needs a newer Tidegate"))
        }
        ValidationErrorKind::Enum { options } => {
            let words: Vec<String> = options.as_array().into_iter().flatten().map(short).collect();
            let near = error.instance().as_str().and_then(|word| did_you_mean(word, words.iter().map(String::as_str)));
            Problem::new(format!("{place} is {found}"))
                .at(file, here, "not one of the words known here")
                .help(near.map_or_else(|| format!("one of: {}", words.join(", ")), |near| format!("did you mean `{near}`?")))
        }
        ValidationErrorKind::Type { kind } => Problem::new(format!("{place} is {}, not {}", type_of(error.instance()), wanted(kind)))
            .at(file, here, format!("expected {}", wanted(kind))),
        ValidationErrorKind::Format { .. } => Problem::new(format!("{place} is {found}, which is not a day of the calendar"))
            .at(file, here, "no such day")
            .help("write dates as 2026-11-22"),
        ValidationErrorKind::Pattern { pattern } if pattern.contains("until deleted") => {
            Problem::new(format!("{place} is {found}, which is not a retention time"))
                .at(file, here, "not a retention time")
                .help("write `30 days`, `48 hours`, `18 months`, `2 years`, `until deleted`, `until deleted plus 30 days`, `none` or `unknown`")
        }
        ValidationErrorKind::Pattern { pattern } => Problem::new(format!("{place} is {found}"))
            .at(file, here, "not in the form expected here")
            .help(format!("the form is {pattern}")),
        ValidationErrorKind::MinItems { .. } => Problem::new(format!("{place} is empty"))
            .at(file, here, "at least one entry is needed"),
        _ => Problem::new(format!("{place}: {error}")).at(file, here, "here"),
    };
    problems.push(problem);
}

/// The names of the properties beside the `additionalProperties` that failed.
fn properties(schema: &Value, schema_path: &str) -> Vec<String> {
    let parent = schema_path.strip_suffix("/additionalProperties").unwrap_or(schema_path);
    let mut names = Vec::new();
    // References are followed by name: the path names them as `$ref`.
    let mut at = schema;
    for step in parent.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        let next = match at {
            Value::Array(items) => step.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ if step == "$ref" => at
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|target| schema.pointer(target.trim_start_matches('#'))),
            _ => at.get(&step),
        };
        match next {
            Some(next) => at = next,
            None => return names,
        }
    }
    if let Some(properties) = at.get("properties").and_then(Value::as_object) {
        names.extend(properties.keys().cloned());
    }
    names
}

fn dotted(pointer: &str) -> String {
    let mut text = String::new();
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        if step.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = step.parse::<usize>().map_or(0, |index| index + 1);
            text.push_str(&format!("[{number}]"));
        } else {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(&step);
        }
    }
    text
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

fn wanted(kind: &TypeKind) -> String {
    let words: Vec<&str> = match kind {
        TypeKind::Single(single) => vec![single.as_str()],
        TypeKind::Multiple(types) => types.iter().map(|single| single.as_str()).collect(),
    };
    words
        .into_iter()
        .filter(|word| *word != "null")
        .map(|word| match word {
            "object" => "a mapping",
            "array" => "a list",
            "string" => "a text",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "true or false",
            other => other,
        })
        .collect::<Vec<_>>()
        .join(" or ")
}
