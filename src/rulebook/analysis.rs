//! What a rule consults, read off the policy's JSON form (Cedar's EST).

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::Catalogue;

/// Which facts the two sides of a rule consult.
#[derive(Debug, Clone, Default)]
pub struct Consulted {
    /// Facts that decide whether the rule applies, from the scope and `when`.
    pub applies: BTreeSet<String>,
    /// Facts that decide whether it is satisfied, from `unless`.
    pub satisfied: BTreeSet<String>,
    /// Simple conjuncts of `when`: where one is known not to hold, the rule need not be evaluated.
    pub guards: Vec<Guard>,
    /// Every entity that the rule names, as type and id.
    pub entities: BTreeSet<(String, String)>,
}

/// A simple conjunct of `when`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// The fact is true: `principal.personal`.
    True(String),
    /// The fact is a set with this word in it: `context.flow.laws.contains(Law::"gdpr")`.
    Contains(String, String),
    /// The fact is this word: `context.contract.third_parties.permission == Permission::"with-consent"`.
    Is(String, String),
    /// The fact is a set that is not empty: what stands left of `in` must stand below one of its words.
    NotEmpty(String),
}

/// Reads what a policy consults.
///
/// # Errors
/// What is not in the form of a rule.
pub(super) fn consulted(policy: &Value, catalogue: &Catalogue) -> Result<Consulted, String> {
    let mut found = Consulted::default();
    for scope in ["principal", "action", "resource"] {
        if policy[scope]["op"] != "All" {
            found.applies.insert(scope.to_owned());
        }
        entities(&policy[scope], &mut found.entities);
    }
    let conditions = policy["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let [when, unless] = conditions else {
        return Err("a rule has one `when` (when it applies) and one `unless` (what satisfies it)".to_owned());
    };
    if when["kind"] != "when" || unless["kind"] != "unless" {
        return Err("a rule has `when` first and `unless` second".to_owned());
    }
    facts(&when["body"], catalogue, &mut found.applies);
    facts(&unless["body"], catalogue, &mut found.satisfied);
    guards(&when["body"], &mut found.guards);
    entities(&policy["conditions"], &mut found.entities);
    Ok(found)
}

/// Collects the attribute chains of an expression.
fn facts(expression: &Value, catalogue: &Catalogue, found: &mut BTreeSet<String>) {
    if let Some(name) = chain(expression) {
        // A chain that stops at a record stands for all facts below it.
        let below: Vec<String> = catalogue.below(&name).map(|(rest, _)| format!("{name}.{rest}")).collect();
        if catalogue.find(&name).is_some() || below.is_empty() || !name.contains('.') {
            found.insert(name);
        } else {
            found.extend(below);
        }
        return;
    }
    match expression {
        Value::Object(map) => map.values().for_each(|inner| facts(inner, catalogue, found)),
        Value::Array(items) => items.iter().for_each(|inner| facts(inner, catalogue, found)),
        _ => {}
    }
}

/// `context.flow.laws` for the expression `{".": {"left": …, "attr": "laws"}}`.
fn chain(expression: &Value) -> Option<String> {
    if let Some(variable) = expression.get("Var") {
        return variable.as_str().map(str::to_owned);
    }
    let access = expression.get(".")?;
    Some(format!("{}.{}", chain(&access["left"])?, access["attr"].as_str()?))
}

fn guards(expression: &Value, found: &mut Vec<Guard>) {
    let word = |value: &Value| value["Value"]["__entity"]["id"].as_str().map(str::to_owned);
    if let Some(both) = expression.get("&&") {
        guards(&both["left"], found);
        guards(&both["right"], found);
    } else if let Some(name) = chain(expression) {
        found.push(Guard::True(name));
    } else if let Some(contains) = expression.get("contains") {
        let pair = chain(&contains["left"]).zip(word(&contains["right"]));
        found.extend(pair.map(|(name, word)| Guard::Contains(name, word)));
    } else if let Some(equal) = expression.get("==") {
        let pair = chain(&equal["left"]).zip(word(&equal["right"]));
        found.extend(pair.map(|(name, word)| Guard::Is(name, word)));
    } else if let Some(inside) = expression.get("in") {
        found.extend(chain(&inside["right"]).map(Guard::NotEmpty));
    }
}

fn entities(value: &Value, found: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(map) => {
            if let (Some(kind), Some(id)) =
                (map.get("type").and_then(Value::as_str), map.get("id").and_then(Value::as_str))
            {
                found.insert((kind.to_owned(), id.to_owned()));
            }
            map.values().for_each(|inner| entities(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| entities(inner, found)),
        _ => {}
    }
}
