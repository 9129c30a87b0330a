//! The catalogue of facts, read off the Cedar schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use cedar_policy::SchemaFragment;
use serde_json::Value;

use super::flat;
use crate::load;
use crate::model::{Catalogue, FactDecl, FactType, Root};
use crate::source::SourceFile;

/// A Cedar schema and the catalogue of facts that it declares.
#[derive(Debug, Clone)]
pub struct FactSchema {
    /// The facts.
    pub catalogue: Catalogue,
    /// The schema as rules are written against it, in Cedar's JSON form, still without the purposes.
    pub(super) written: Value,
    /// The schema's own text.
    pub(super) text: Arc<str>,
    /// The schema as rules are run against it: one attribute per fact, see [`super::flat`].
    pub(super) run: SchemaFragment,
}

/// Reads a schema in Cedar's own form.
///
/// # Errors
/// Why the text is no such schema.
pub fn read(file: &SourceFile) -> Result<FactSchema, String> {
    let written = match load::read_at_build(file) {
        Some(read) => serde_json::from_str(read).map_err(|error| error.to_string())?,
        None => {
            let read = SchemaFragment::from_cedarschema_str(&file.text).map_err(|error| error.to_string())?;
            read.0.to_json_value().map_err(|error| error.to_string())?
        }
    };
    let catalogue = facts(&written)?;
    let run = SchemaFragment::from_json_value(flat::schema(&written)).map_err(|error| error.to_string())?;
    Ok(FactSchema { catalogue, text: file.text.as_str().into(), written, run })
}

fn facts(json: &Value) -> Result<Catalogue, String> {
    let types = &json[""]["entityTypes"];
    let mut catalogue = Catalogue::default();
    for (name, entity) in types.as_object().into_iter().flatten() {
        if let Some(words) = entity["enum"].as_array() {
            let words = words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            catalogue.lists.insert(name.clone(), words);
        }
    }
    for root in Root::ALL {
        let mut facts = BTreeMap::new();
        let attributes = &types[root.entity_type()]["shape"]["attributes"];
        collect(attributes, "", Marks::default(), &mut facts)?;
        if facts.is_empty() {
            return Err(format!("the entity type `{}` declares no facts", root.entity_type()));
        }
        catalogue.facts.insert(root, facts);
    }
    Ok(catalogue)
}

/// What a record says of all facts in it.
#[derive(Debug, Clone, Copy, Default)]
struct Marks {
    computed: bool,
    paper: bool,
}

fn collect(
    attributes: &Value,
    prefix: &str,
    marks: Marks,
    facts: &mut BTreeMap<String, FactDecl>,
) -> Result<(), String> {
    for (name, attribute) in attributes.as_object().into_iter().flatten() {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        if attribute["required"] == Value::Bool(false) {
            return Err(format!("`{path}` is optional; every fact is required, and may be unknown"));
        }
        let notes = &attribute["annotations"];
        let marked = |mark: &str| notes.get(mark).is_some();
        let marks = Marks { computed: marks.computed || marked("computed"), paper: marks.paper || marked("paper") };
        if attribute["type"] == "Record" {
            collect(&attribute["attributes"], &path, marks, facts)?;
            continue;
        }
        let doc = notes["doc"].as_str().ok_or_else(|| format!("`{path}` has no @doc"))?.to_owned();
        let decl = FactDecl {
            fact_type: fact_type(attribute).ok_or_else(|| format!("`{path}` has a type that facts cannot have"))?,
            doc,
            computed: marks.computed,
            paper: marks.paper,
            dpv: notes.get("dpv").and_then(Value::as_str).map(dpv).unwrap_or_default(),
            absent: default(notes, "absent"),
            stated: default(notes, "stated"),
            silent_ask: default(notes, "silent_ask"),
            silent_permit: default(notes, "silent_permit"),
            silent_deny: default(notes, "silent_deny"),
        };
        facts.insert(path, decl);
    }
    Ok(())
}

/// The value in an annotation: JSON, or a bare word.
fn default(notes: &Value, key: &str) -> Option<Value> {
    let text = notes.get(key)?.as_str()?;
    Some(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())))
}

/// `dpv:DPIA` for a yes, or `scc eu-gdpr:SCCByCommission, bcr eu-gdpr:BindingCorporateRules` for words.
fn dpv(note: &str) -> BTreeMap<String, String> {
    let entry = |entry: &str| {
        let (word, term) = entry.trim().split_once(' ').unwrap_or(("yes", entry.trim()));
        (word.to_owned(), term.trim().to_owned())
    };
    note.split(',').map(entry).collect()
}

fn fact_type(attribute: &Value) -> Option<FactType> {
    if attribute["type"] == "Set" {
        return Some(match attribute["element"]["name"].as_str()? {
            "String" => FactType::Texts,
            "Bool" | "Long" => return None,
            name => FactType::Names(name.to_owned()),
        });
    }
    Some(match attribute["name"].as_str()? {
        "Bool" => FactType::Bool,
        "Long" => FactType::Long,
        "String" => FactType::Text,
        name => FactType::Name(name.to_owned()),
    })
}
