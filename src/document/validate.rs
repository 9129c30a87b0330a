//! JSON Schema errors as problems: at the exact place, in the words of the document.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jsonschema::error::ValidationErrorKind as Fault;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::wording::{add, cut, dotted, form, keys, mend_blank, mend_empty, mend_type, part, purpose, say, wanted};
use super::yaml::{Node, escape};
use crate::problem::{Problem, did_you_mean, suggest};
use crate::source::SourceFile;

/// A document and the schema that it does not fit.
struct Misfit<'a> {
    file: &'a Arc<SourceFile>,
    node: &'a Node,
    schema: &'a Value,
}

/// Checks a value against the schema of its kind; every error becomes a problem, unless it goes away with another one.
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
    let misfit = Misfit { file, node, schema };
    let errors: Vec<ValidationError<'_>> = validator.iter_errors(value).collect();
    // One message tells all keys that a mapping lacks.
    let mut lacking: BTreeMap<&str, (&str, Vec<&str>)> = BTreeMap::new();
    for error in &errors {
        let same_place = || errors.iter().filter(|other| other.instance_path() == error.instance_path());
        match error.kind() {
            Fault::Required { property } => {
                let key = property.as_str().unwrap_or_default();
                if !same_place().any(|other| misspells(schema, other, key)) {
                    let path = (error.instance_path().as_str(), error.schema_path().as_str());
                    lacking.entry(path.0).or_insert((path.1, Vec::new())).1.push(key);
                }
            }
            Fault::AdditionalProperties { unexpected } => {
                let known = keys(part(schema, error.schema_path().as_str()));
                problems.extend(unexpected.iter().map(|key| misfit.unknown_key(error, key, &known)));
            }
            Fault::PropertyNames { error: inner } => {
                let known = words(inner.kind());
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                problems.push(misfit.unknown_key(error, inner.instance().as_str().unwrap_or_default(), &known));
            }
            // A value of the wrong type or version fits nothing else either.
            kind if same_place().any(|other| rank(other.kind()) < rank(kind)) => {}
            _ => problems.push(misfit.wrong_value(error)),
        }
    }
    for (pointer, (schema_path, keys)) in lacking {
        problems.push(misfit.lacks(pointer, part(schema, schema_path), &keys));
    }
}

/// True when an error is about an unknown key that is another key, misspelt.
fn misspells(schema: &Value, error: &ValidationError<'_>, key: &str) -> bool {
    let Fault::AdditionalProperties { unexpected } = error.kind() else { return false };
    let known = keys(part(schema, error.schema_path().as_str()));
    unexpected.iter().any(|found| did_you_mean(found, known.iter().copied()).is_some_and(|near| near == key))
}

fn rank(kind: &Fault) -> u8 {
    match kind {
        Fault::Type { .. } => 0,
        Fault::Constant { .. } => 1,
        _ => 2,
    }
}

fn words(kind: &Fault) -> Vec<String> {
    let Fault::Enum { options } = kind else { return Vec::new() };
    options.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

impl Misfit<'_> {
    fn problem(&self, message: String, span: Range<usize>, label: impl Into<String>, help: Option<String>) -> Problem {
        let problem = Problem::new(message).at(self.file, span, label);
        help.into_iter().fold(problem, Problem::help)
    }

    fn unknown_key(&self, error: &ValidationError<'_>, key: &str, known: &[&str]) -> Problem {
        let pointer = error.instance_path().as_str();
        let span =
            self.node.locate_key(&format!("{pointer}/{}", escape(key))).unwrap_or_else(|| self.node.locate(pointer));
        let message = format!("unknown key `{}` in {}", cut(key), place(pointer));
        self.problem(message, span, "not a key here", suggest(key, known.iter().copied()))
    }

    fn lacks(&self, pointer: &str, part: &Value, keys: &[&str]) -> Problem {
        let span = match pointer {
            "" => 0..0,
            _ => self.node.locate_key(pointer).unwrap_or_else(|| self.node.locate(pointer)),
        };
        let names: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        let label = if keys.len() == 1 { format!("{} is missing here", names[0]) } else { "missing here".to_owned() };
        let help: Vec<String> = keys.iter().map(|key| add(self.schema, part, key)).collect();
        self.problem(format!("{} lacks {}", place(pointer), names.join(", ")), span, label, Some(help.join("\n")))
    }

    fn wrong_value(&self, error: &ValidationError<'_>) -> Problem {
        let pointer = error.instance_path().as_str();
        let place = place(pointer);
        let part = part(self.schema, error.schema_path().as_str());
        let value = error.instance();
        let found = value.as_str().map_or_else(|| value.to_string(), |text| format!("`{}`", cut(text)));
        let (message, label, help) = match error.kind() {
            Fault::Type { .. } if value.is_null() => {
                let help = mend_blank(self.schema, error.schema_path().as_str());
                (format!("{place} is empty"), format!("expected {}", wanted(part)), Some(help))
            }
            Fault::Type { .. } => wrong_type(&place, value, part),
            Fault::Pattern { pattern } if pattern == "^unknown$" => wrong_type(&place, value, part),
            Fault::Constant { expected_value } if pointer == "/version" => (
                format!("unknown version {found}"),
                "not a version that this Tidegate reads".to_owned(),
                Some(format!("this Tidegate reads version {expected_value}; a newer document needs a newer Tidegate")),
            ),
            kind @ Fault::Enum { .. } => {
                let known = words(kind);
                let help = suggest(value.as_str().unwrap_or_default(), known.iter().map(String::as_str));
                (format!("{place} cannot be {found}"), "not one of the words known here".to_owned(), help)
            }
            Fault::Format { .. } => (
                format!("{place} is {found}, which is not a day of the calendar"),
                "no such day".to_owned(),
                Some("write dates as 2026-11-22".to_owned()),
            ),
            Fault::Pattern { pattern } => {
                let (label, help) = form(pattern);
                (format!("{place} cannot be {found}"), label.to_owned(), Some(help))
            }
            Fault::Minimum { limit } => {
                let help = format!("write a whole number, {limit} or more");
                (format!("{place} cannot be {found}"), format!("less than {limit}"), Some(help))
            }
            Fault::Maximum { limit } => {
                let help = format!("write a whole number, {limit} or less");
                (format!("{place} cannot be {found}"), format!("more than {limit}"), Some(help))
            }
            Fault::MinItems { .. } => {
                (format!("{place} is empty"), "at least one entry is needed".to_owned(), Some(mend_empty(part)))
            }
            _ => (format!("{place}: {error}"), "here".to_owned(), purpose(part)),
        };
        self.problem(message, self.node.locate(pointer), label, help)
    }
}

fn wrong_type(place: &str, value: &Value, part: &Value) -> (String, String, Option<String>) {
    let wanted = wanted(part);
    (format!("{place} is {}, not {wanted}", say(value)), format!("expected {wanted}"), Some(mend_type(value, part)))
}

fn place(pointer: &str) -> String {
    if pointer.is_empty() { "the document".to_owned() } else { format!("`{}`", dotted(pointer)) }
}
