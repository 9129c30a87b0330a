//! Facts as flat attributes.
//!
//! Rules are written against records (`context.flow.evidence.dpia.recorded`), which read well. A record that holds one unknown
//! fact is no value for Cedar but an expression, and it evaluates the whole expression at every access. So rules are run
//! against entities with one attribute per fact (`context.flow["evidence.dpia.recorded"]`).

use serde_json::{Map, Value, json};

use crate::model::Root;

/// Flattens the records of the entities that hold facts.
pub(super) fn schema(fragment: &Value) -> Value {
    let mut fragment = fragment.clone();
    for root in Root::ALL {
        let shape = &mut fragment[""]["entityTypes"][root.entity_type()]["shape"]["attributes"];
        let mut flat = Map::new();
        leaves(shape, "", &mut flat);
        *shape = Value::Object(flat);
    }
    fragment
}

fn leaves(attributes: &Value, prefix: &str, flat: &mut Map<String, Value>) {
    for (name, attribute) in attributes.as_object().into_iter().flatten() {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        if attribute["type"] == "Record" {
            leaves(&attribute["attributes"], &path, flat);
        } else {
            flat.insert(path, attribute.clone());
        }
    }
}

/// Flattens the attribute chains of a policy in its JSON form.
pub(super) fn policy(value: &mut Value) {
    if let Some((root, path)) = super::analysis::chain(value).as_deref().and_then(Root::of) {
        *value = json!({ ".": { "left": variable(root), "attr": path } });
        return;
    }
    match value {
        Value::Object(map) => map.values_mut().for_each(policy),
        Value::Array(items) => items.iter_mut().for_each(policy),
        _ => {}
    }
}

/// The expression for a root.
fn variable(root: Root) -> Value {
    match root.prefix().split_once('.') {
        Some((variable, attribute)) => json!({ ".": { "left": { "Var": variable }, "attr": attribute } }),
        None => json!({ "Var": root.prefix() }),
    }
}
