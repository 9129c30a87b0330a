//! The JSON Schema of every kind of document: from the Rust types, and from the catalogue of facts where that decides the shape.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jsonschema::Validator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::Kind;
use crate::model::{
    Catalogue, Config, CustomerContract, Exceptions, Expiry, FactDecl, FactType, Manifest, ProviderAgreement,
    ProviderProfile, RulePack, UNKNOWN, VocabularyFile,
};

/// A schema with its validator, or why it has none.
type Built = (Value, Result<Validator, String>);

/// The schemas of all kinds. Each is built when it is first asked for.
#[derive(Debug)]
pub struct Schemas {
    catalogue: Catalogue,
    by_kind: BTreeMap<Kind, OnceLock<Built>>,
}

impl Schemas {
    /// The schemas for a catalogue of facts.
    pub fn new(catalogue: &Catalogue) -> Self {
        let by_kind = Kind::ALL.into_iter().map(|kind| (kind, OnceLock::new())).collect();
        Self { catalogue: catalogue.clone(), by_kind }
    }

    fn of(&self, kind: Kind) -> &Built {
        self.by_kind[&kind].get_or_init(|| {
            let schema = schema(kind, &self.catalogue);
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .with_format(Expiry::FORMAT, |text: &str| text.parse::<Expiry>().is_ok())
                .build(&schema)
                .map_err(|error| format!("the schema of {} is broken: {error}", kind.word()));
            (schema, validator)
        })
    }

    /// The schema of a kind with its validator.
    pub(super) fn validator(&self, kind: Kind) -> Result<(&Value, &Validator), &str> {
        let (schema, validator) = self.of(kind);
        validator.as_ref().map(|validator| (schema, validator)).map_err(String::as_str)
    }

    /// The schema of a kind as it is published.
    pub fn published(&self, kind: Kind) -> &Value {
        &self.of(kind).0
    }
}

fn schema(kind: Kind, catalogue: &Catalogue) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let root = match kind {
        Kind::Integration => generator.into_root_schema_for::<Manifest>(),
        Kind::ProviderProfile => generator.into_root_schema_for::<ProviderProfile>(),
        Kind::CustomerContract => generator.into_root_schema_for::<CustomerContract>(),
        Kind::ProviderAgreement => generator.into_root_schema_for::<ProviderAgreement>(),
        Kind::Vocabulary => generator.into_root_schema_for::<VocabularyFile>(),
        Kind::RulePack => generator.into_root_schema_for::<RulePack>(),
        Kind::Config => generator.into_root_schema_for::<Config>(),
        Kind::Exceptions => generator.into_root_schema_for::<Exceptions>(),
    };
    let mut value = root.to_value();
    fill(&mut value, catalogue);
    value
}

/// Says in one way what `schemars` says in several, so that errors can be told in one way; leaves `null` out, which no document
/// may state: a blank value is a forgotten one. Then replaces the places that the catalogue decides, marked `x-…` in the types.
fn fill(value: &mut Value, catalogue: &Catalogue) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, catalogue)),
        Value::Object(map) => {
            simplify(map);
            if let Some(filled) = from_catalogue(map, catalogue) {
                *value = filled;
            } else {
                map.values_mut().for_each(|item| fill(item, catalogue));
            }
        }
        _ => {}
    }
}

fn simplify(map: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = map.get_mut("type") {
        types.retain(|word| word != "null");
        if let [word] = types.as_slice() {
            let word = word.clone();
            map.insert("type".into(), word);
        }
    }
    // An optional part: the part itself, with the description of its use.
    if let Some(Value::Array(mut choices)) = map.remove("anyOf") {
        choices.retain(|choice| choice["type"] != "null");
        for (key, value) in choices.into_iter().filter_map(|choice| choice.as_object().cloned()).flatten() {
            map.entry(key).or_insert(value);
        }
    }
    // Words with a description each: a list of words, with their descriptions below that of the list.
    if let Some(Value::Array(choices)) = map.remove("oneOf") {
        let mut description = text(map, "description").unwrap_or_default();
        for choice in &choices {
            let says = choice["description"].as_str().unwrap_or_default();
            description.push_str(&format!("\n\n`{}`: {says}", choice["const"].as_str().unwrap_or_default()));
        }
        let words: Vec<Value> = choices.into_iter().map(|mut choice| choice["const"].take()).collect();
        map.insert("type".into(), json!("string"));
        map.insert("enum".into(), json!(words));
        map.insert("description".into(), json!(description.trim_start()));
    }
    let largest = match map.get("format").and_then(Value::as_str) {
        Some("uint32") => json!(u32::MAX),
        Some("int64") => json!(i64::MAX),
        _ => return,
    };
    map.insert("maximum".into(), largest);
}

fn from_catalogue(map: &mut Map<String, Value>, catalogue: &Catalogue) -> Option<Value> {
    let description = map.get("description").cloned();
    let mut filled = if let Some(prefix) = text(map, "x-facts") {
        facts(&prefix, &text(map, "x-form").unwrap_or_default(), catalogue)
    } else if let Some(name) = text(map, "x-fact") {
        leaf(&catalogue.find(&name)?.fact_type, catalogue)
    } else if let Some(list) = text(map, "x-list") {
        word(&list, catalogue)
    } else if let Some(prefix) = text(map, "x-children") {
        let names: Vec<&str> = children(&prefix, catalogue);
        map.remove("x-children");
        if map.get("type").and_then(Value::as_str) == Some("array") {
            map.insert("items".into(), json!({ "type": "string", "enum": names }));
        } else {
            map.insert("propertyNames".into(), json!({ "enum": names }));
        }
        return None;
    } else {
        return None;
    };
    if let (Some(description), Some(object)) = (description, filled.as_object_mut()) {
        object.insert("description".into(), description);
    }
    Some(filled)
}

fn text(map: &Map<String, Value>, key: &str) -> Option<String> {
    map.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn children<'a>(prefix: &'a str, catalogue: &'a Catalogue) -> Vec<&'a str> {
    let mut names: Vec<&str> = catalogue.below(prefix).filter_map(|(path, _)| path.split('.').next()).collect();
    names.dedup();
    names
}

/// What every paper states.
const PAPER: &[&str] = &["ref", "date"];
/// How the facts are called that say whether a paper is there and holds.
const ON_RECORD: &[&str] = &[".recorded", ".executed"];

/// An object with one property per fact that documents state.
fn facts(prefix: &str, form: &str, catalogue: &Catalogue) -> Value {
    let mut root = object(&[]);
    if form == "paper" {
        root = object(PAPER);
        own_keys(&mut root, "papers", 0);
    }
    for (path, decl) in catalogue.below(prefix) {
        let steps: Vec<&str> = path.split('.').collect();
        // A paper such as a DPIA may carry nothing but its reference.
        let paper_only = form == "papers" && decl.computed && ON_RECORD.iter().any(|end| path.ends_with(end));
        if decl.computed && !paper_only || form == "sourced" && decl.paper {
            continue;
        }
        let Some((last, groups)) = steps.split_last() else { continue };
        let mut at = &mut root;
        for (depth, group) in groups.iter().enumerate() {
            let required: &[&str] = match (form, depth) {
                ("clauses", 0) => &["ref"],
                ("papers", 0) => PAPER,
                _ => &[],
            };
            let properties = &mut at["properties"];
            if properties.get(*group).is_none() {
                properties[*group] = object(required);
                own_keys(&mut properties[*group], form, depth);
            }
            at = &mut properties[*group];
        }
        if !paper_only {
            at["properties"][*last] = match form {
                "sourced" => sourced(decl, catalogue),
                _ => described(leaf(&decl.fact_type, catalogue), decl),
            };
        }
    }
    root
}

/// The keys that a clause or a paper has beside its facts.
fn own_keys(group: &mut Value, form: &str, depth: usize) {
    if depth > 0 {
        return;
    }
    match form {
        "clauses" => {
            group["properties"]["ref"] = json!({ "type": "string", "description": "The place in the contract." });
            group["properties"]["note"] = json!({ "type": "string", "description": "Anything a reader should know." });
        }
        "papers" => {
            group["properties"]["ref"] = json!({ "type": "string", "description": "The paper's reference." });
            group["properties"]["date"] =
                json!({ "type": "string", "format": "date", "description": "The first day on which it holds." });
            group["properties"]["expires"] =
                json!({ "type": "string", "format": "date", "description": "The last day on which it holds." });
            group["properties"]["sha256"] =
                json!({ "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of the document." });
        }
        _ => {}
    }
}

fn object(required: &[&str]) -> Value {
    let mut object = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn sourced(decl: &FactDecl, catalogue: &Catalogue) -> Value {
    let mut fact = object(&["value"]);
    let mut value = leaf(&decl.fact_type, catalogue);
    if let Some(words) = value.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(json!(UNKNOWN));
    } else if value["type"] != "string" {
        // A type list instead of `anyOf`: its errors say what is wrong.
        value["type"] = json!([value["type"], "string"]);
        value["pattern"] = json!("^unknown$");
    }
    value["description"] = json!("What the terms say, or `unknown`.");
    fact["properties"] = json!({
        "value": value,
        "source": { "type": "string", "description": "One of the profile's sources." },
        "note": { "type": "string", "description": "Anything a reader should know." },
        "confidence": { "type": "string", "enum": ["official", "official-copy", "quoted", "secondary"], "description": "When it differs from the source's." },
        "valid_from": { "type": "string", "format": "date", "description": "The first day on which it holds; before, it is unknown." },
        "valid_to": { "type": "string", "format": "date", "description": "The last day on which it holds; after, it is unknown." },
    });
    described(fact, decl)
}

fn described(mut schema: Value, decl: &FactDecl) -> Value {
    schema["description"] = json!(decl.doc);
    schema
}

fn leaf(fact_type: &FactType, catalogue: &Catalogue) -> Value {
    match fact_type {
        FactType::Bool => json!({ "type": "boolean" }),
        FactType::Long => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        FactType::Text => json!({ "type": "string" }),
        FactType::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        FactType::Name(name) => word(name, catalogue),
        FactType::Names(name) => json!({ "type": "array", "items": word(name, catalogue) }),
    }
}

fn word(name: &str, catalogue: &Catalogue) -> Value {
    match catalogue.lists.get(name) {
        Some(words) => json!({ "type": "string", "enum": words }),
        None => json!({ "type": "string" }),
    }
}
