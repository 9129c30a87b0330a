//! Three-valued logic (Kleene) over what Cedar's partial evaluation leaves of a rule.
//!
//! Sound because validated rules cannot fail on facts of the declared types: a side that is settled settles the whole.

use std::collections::BTreeSet;

use serde_json::Value;

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// It depends on these unknown facts.
    HangsOn(BTreeSet<String>),
}

/// Simplifies the conditions of a residual policy in its JSON form.
pub(super) fn simplify(policy: &Value) -> Known {
    let mut whole = Known::Yes;
    for condition in policy["conditions"].as_array().into_iter().flatten() {
        let body = expression(&condition["body"]);
        whole = and(whole, if condition["kind"] == "unless" { not(body) } else { body });
    }
    whole
}

fn expression(value: &Value) -> Known {
    if let Some(literal) = value.get("Value").and_then(Value::as_bool) {
        return if literal { Known::Yes } else { Known::No };
    }
    if let Some(both) = value.get("&&") {
        return and(expression(&both["left"]), expression(&both["right"]));
    }
    if let Some(either) = value.get("||") {
        return not(and(not(expression(&either["left"])), not(expression(&either["right"]))));
    }
    if let Some(negated) = value.get("!") {
        return not(expression(&negated["arg"]));
    }
    if let Some(branch) = value.get("if-then-else") {
        return match expression(&branch["if"]) {
            Known::Yes => expression(&branch["then"]),
            Known::No => expression(&branch["else"]),
            Known::HangsOn(_) => Known::HangsOn(unknowns(value)),
        };
    }
    Known::HangsOn(unknowns(value))
}

fn and(left: Known, right: Known) -> Known {
    match (left, right) {
        (Known::No, _) | (_, Known::No) => Known::No,
        (Known::Yes, other) | (other, Known::Yes) => other,
        (Known::HangsOn(mut left), Known::HangsOn(right)) => {
            left.extend(right);
            Known::HangsOn(left)
        }
    }
}

fn not(known: Known) -> Known {
    match known {
        Known::Yes => Known::No,
        Known::No => Known::Yes,
        hangs @ Known::HangsOn(_) => hangs,
    }
}

/// The names in `unknown("…")` calls.
fn unknowns(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) = map.get("unknown").and_then(|call| call[0]["Value"].as_str()) {
                found.insert(name.to_owned());
            }
            map.values().for_each(|inner| collect(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn unknown(name: &str) -> Value {
        json!({ "unknown": [{ "Value": name }] })
    }

    fn when(body: &Value) -> Known {
        simplify(&json!({ "conditions": [{ "kind": "when", "body": body }] }))
    }

    #[test]
    fn a_settled_side_settles_the_whole() {
        let no = json!({ "Value": false });
        let yes = json!({ "Value": true });
        assert_eq!(when(&json!({ "&&": { "left": unknown("a"), "right": no } })), Known::No);
        assert_eq!(when(&json!({ "||": { "left": unknown("a"), "right": yes } })), Known::Yes);
    }

    #[test]
    fn an_open_side_keeps_its_names() {
        let body = json!({ "&&": { "left": unknown("a"), "right": { "!": { "arg": unknown("b") } } } });
        assert_eq!(when(&body), Known::HangsOn(["a".to_owned(), "b".to_owned()].into()));
    }
}
