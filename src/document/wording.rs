//! What a schema asks for, in words.

use serde_json::Value;

use super::yaml::unescape;

/// The part of a schema that holds the keyword at the end of a path.
pub(super) fn part<'a>(schema: &'a Value, path: &str) -> &'a Value {
    let (parent, _) = path.rsplit_once('/').unwrap_or_default();
    let found = parent.split('/').skip(1).try_fold(schema, |at, step| match at {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        // A path names a reference as `$ref` and goes on in what it refers to.
        _ if step == "$ref" => refers(schema, at),
        _ => at.get(&*unescape(step)),
    });
    found.unwrap_or(&Value::Null)
}

fn refers<'a>(schema: &'a Value, part: &Value) -> Option<&'a Value> {
    schema.pointer(part.get("$ref")?.as_str()?.trim_start_matches('#'))
}

/// The keys that a part of a schema knows.
pub(super) fn keys(part: &Value) -> Vec<&str> {
    part["properties"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

/// What a part of a document is for.
pub(super) fn purpose(part: &Value) -> Option<String> {
    Some(part["description"].as_str()?.lines().next()?.to_owned())
}

/// How to add a key that a mapping lacks.
pub(super) fn add(schema: &Value, part: &Value, key: &str) -> String {
    let property = &part["properties"][key];
    let purpose = purpose(property).or_else(|| purpose(refers(schema, property)?));
    match (property.get("const"), purpose) {
        (Some(Value::String(word)), _) => format!("add `{key}: {word}`"),
        (Some(value), _) => format!("add `{key}: {value}`"),
        (None, Some(purpose)) => format!("add `{key}`: {purpose}"),
        (None, None) => format!("add `{key}`"),
    }
}

/// How to mend a list without an entry.
pub(super) fn mend_empty(part: &Value) -> String {
    purpose(part).map_or_else(|| "write an entry".to_owned(), |purpose| format!("write an entry: {purpose}"))
}

/// How to mend a key without a value.
pub(super) fn mend_blank(schema: &Value, path: &str) -> String {
    let property = path.rsplit_once('/').map_or(path, |(property, _)| property.trim_end_matches("/$ref"));
    let required = property.rsplit_once("/properties/").is_some_and(|(mapping, key)| {
        let required = &part(schema, &format!("{mapping}/required"))["required"];
        required.as_array().is_some_and(|keys| keys.iter().any(|required| required == key))
    });
    let words: Vec<&str> =
        part(schema, path)["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let value = if words.is_empty() { "a value".to_owned() } else { format!("one of: {}", words.join(", ")) };
    let or = if required { "" } else { "; or leave the key out" };
    format!("write {value}{or}")
}

/// What is wrong with a text that does not have its form, and how to mend it.
pub(super) fn form(pattern: &str) -> (&'static str, String) {
    let (label, help) = if pattern.contains("until deleted") {
        let times = "`30 days`, `48 hours`, `18 months`, `2 years`, `until deleted`, `until deleted plus 30 days`";
        return ("not a retention time", format!("write {times}, `none` or `unknown`"));
    } else if pattern.contains("{64}") {
        ("not a SHA-256 value", "write the 64 digits (0-9, a-f) that `sha256sum` shows for the document")
    } else if pattern.ends_with("[a-z0-9-]*$") {
        ("not a short name", "write small letters, digits and hyphens, such as `support-replies`")
    } else {
        return ("not in the form expected here", format!("the form is {pattern}"));
    };
    (label, help.to_owned())
}

/// The types that a part of a schema allows. A fact of a profile may also be `unknown`, which counts as no type.
fn types(part: &Value) -> Vec<&str> {
    match &part["type"] {
        Value::String(word) => vec![word],
        Value::Array(words) => {
            words.iter().filter_map(Value::as_str).filter(|word| !may_be_unknown(part) || *word != "string").collect()
        }
        _ => Vec::new(),
    }
}

fn may_be_unknown(part: &Value) -> bool {
    part["pattern"] == "^unknown$"
}

/// What a part of a schema asks for.
pub(super) fn wanted(part: &Value) -> String {
    if part["format"] == "date" {
        return "a date".to_owned();
    }
    if part["enum"].is_array() {
        return "one of its words".to_owned();
    }
    let words: Vec<&str> = types(part)
        .into_iter()
        .map(|word| match word {
            "object" => "a mapping",
            "array" => "a list",
            "string" => "a text",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "`true` or `false`",
            other => other,
        })
        .chain(may_be_unknown(part).then_some("`unknown`"))
        .collect();
    words.join(" or ")
}

/// A value as a message names it.
pub(super) fn say(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text `{}`", cut(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

/// How to make a value one of the type that is asked for.
pub(super) fn mend_type(value: &Value, part: &Value) -> String {
    if let Some(words) = part["enum"].as_array() {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return format!("one of: {}", words.join(", "));
    }
    let scalar = if let Value::String(text) = value { text.clone() } else { value.to_string() };
    let mut help = match (types(part).first().copied(), value) {
        (Some("boolean"), _) => "write `true` or `false`".to_owned(),
        (Some("integer" | "number"), Value::String(text)) if text.parse::<f64>().is_ok() => {
            format!("write `{text}` without quotes")
        }
        (Some("integer" | "number"), Value::String(text)) if text.starts_with(|first: char| first.is_ascii_digit()) => {
            "write the number alone, without a unit".to_owned()
        }
        (Some("integer"), _) => "write a whole number".to_owned(),
        (Some("string"), _) if part["format"] == "date" => "write dates as 2026-11-22".to_owned(),
        (Some("string"), Value::Number(_)) => format!("put it in quotes: `\"{scalar}\"`"),
        (Some("string"), Value::Array(items)) => match items.as_slice() {
            [Value::String(text)] => format!("write `{}` without brackets", cut(text)),
            _ => "write one text".to_owned(),
        },
        (Some("array"), Value::Object(_)) => "start each entry with `- `".to_owned(),
        (Some("array"), _) => format!("write a list: `[{}]`", cut(&scalar)),
        (Some("object"), _) if !keys(part).is_empty() => {
            format!("write a mapping with the keys: {}", keys(part).join(", "))
        }
        (Some("object"), _) => "write a mapping: `key: value`".to_owned(),
        _ => match purpose(part) {
            Some(purpose) => format!("write {}: {purpose}", wanted(part)),
            None => format!("write {}", wanted(part)),
        },
    };
    if may_be_unknown(part) {
        help.push_str(", or `unknown` where the terms do not say");
    }
    help
}

/// A text short enough for a message.
pub(super) fn cut(text: &str) -> String {
    const LONGEST: usize = 60;
    let line: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() { format!("{line}…") } else { line }
}

/// A pointer as people write it: `flows[1].data[2].class`, counted from 1.
pub(super) fn dotted(pointer: &str) -> String {
    let mut text = String::new();
    for step in pointer.split('/').skip(1).map(unescape) {
        match step.parse::<usize>() {
            Ok(index) => text.push_str(&format!("[{}]", index + 1)),
            Err(_) if text.is_empty() => text.push_str(&step),
            Err(_) => text.push_str(&format!(".{step}")),
        }
    }
    text
}
