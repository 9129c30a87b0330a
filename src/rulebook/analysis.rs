//! What a rule consults, read off the policy's JSON form (Cedar's EST).

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::{Catalogue, FactType, Root};

/// Which facts the two sides of a rule consult.
#[derive(Debug, Clone, Default)]
pub struct Consulted {
    /// Facts that decide whether the rule applies, from the scope and `when`.
    pub applies: BTreeSet<String>,
    /// Facts that decide whether it is satisfied, from `unless`.
    pub satisfied: BTreeSet<String>,
    /// Simple conjuncts of `when`: where one is known not to hold, the rule need not be evaluated.
    pub guards: Vec<Guard>,
    /// True when the guards are all there is: where they are known to hold, the rule applies.
    pub guarded: bool,
    /// Every entity that the rule names, as type and id.
    pub entities: BTreeSet<(String, String)>,
    /// The texts with which the rule compares free texts, when it does nothing else with them.
    pub(crate) texts: Option<BTreeSet<String>>,
}

/// A simple conjunct of `when`: a test of one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The thing whose fact it is.
    pub root: Root,
    /// The fact's path below the root.
    pub path: String,
    /// The test.
    pub test: Test,
}

/// A test of one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// It is true: `principal.personal`.
    True,
    /// It is a set with this word in it: `context.flow.laws.contains(Law::"gdpr")`.
    Contains(String),
    /// It is this word: `context.contract.third_parties.permission == Permission::"with-consent"`.
    Is(String),
    /// It is a set that is not empty, without which nothing stands `in` it. That it is not empty proves nothing.
    NotEmpty,
}

impl Guard {
    /// True when the guard asks for flows under a law.
    pub(super) fn is_of_law(&self, law: &str) -> bool {
        (self.root, self.path.as_str()) == (Root::Flow, "laws") && self.test == Test::Contains(law.to_owned())
    }
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
    let unscoped = found.applies.is_empty();
    found.guarded = guards(&when["body"], &mut found.guards) && unscoped;
    facts(&when["body"], catalogue, &mut found.applies)?;
    facts(&unless["body"], catalogue, &mut found.satisfied)?;
    let mut compared = BTreeSet::new();
    found.texts = only_compares(&policy["conditions"], catalogue, &mut compared).then_some(compared);
    entities(&policy["conditions"], &mut found.entities);
    Ok(found)
}

/// Collects the attribute chains of an expression: each names a fact, or one of the three things of a request.
fn facts(expression: &Value, catalogue: &Catalogue, found: &mut BTreeSet<String>) -> Result<(), String> {
    if let Some(name) = chain(expression) {
        let thing = matches!(name.as_str(), "principal" | "action" | "resource");
        if !thing && catalogue.find(&name).is_none() {
            return Err(format!("`{name}` is no fact of the catalogue in policies/schema.cedarschema"));
        }
        found.insert(name);
        return Ok(());
    }
    // What a rule reads must be known by name: findings tell it, and what was decided before is found again by it.
    if let Some(access) = expression.get(".") {
        let attribute = access["attr"].as_str().unwrap_or_default();
        return Err(format!(
            "`.{attribute}` is read off an expression; write the fact whole, such as `context.flow.laws`"
        ));
    }
    match expression {
        Value::Object(map) => map.values().try_for_each(|inner| facts(inner, catalogue, found)),
        Value::Array(items) => items.iter().try_for_each(|inner| facts(inner, catalogue, found)),
        _ => Ok(()),
    }
}

/// Collects the texts with which free texts are compared; false when something else is done with a free text.
fn only_compares(expression: &Value, catalogue: &Catalogue, found: &mut BTreeSet<String>) -> bool {
    let free = |expression: &Value| {
        chain(expression).and_then(|name| catalogue.find(&name)).is_some_and(|fact| fact.fact_type == FactType::Text)
    };
    if free(expression) {
        return false;
    }
    if let Some(sides) = expression.get("==").or_else(|| expression.get("!=")) {
        for (text, other) in [(&sides["left"], &sides["right"]), (&sides["right"], &sides["left"])] {
            if let (true, Some(other)) = (free(text), other["Value"].as_str()) {
                found.insert(other.to_owned());
                return true;
            }
        }
    }
    match expression {
        Value::Object(map) => map.values().all(|inner| only_compares(inner, catalogue, found)),
        Value::Array(items) => items.iter().all(|inner| only_compares(inner, catalogue, found)),
        _ => true,
    }
}

/// `context.flow.laws` for the expression `{".": {"left": …, "attr": "laws"}}`.
pub(super) fn chain(expression: &Value) -> Option<String> {
    if let Some(variable) = expression.get("Var") {
        return variable.as_str().map(str::to_owned);
    }
    let access = expression.get(".")?;
    Some(format!("{}.{}", chain(&access["left"])?, access["attr"].as_str()?))
}

/// Collects the guards of a condition; true when it consists of nothing else.
fn guards(condition: &Value, found: &mut Vec<Guard>) -> bool {
    if let Some(both) = condition.get("&&") {
        let left = guards(&both["left"], found);
        return guards(&both["right"], found) && left;
    }
    let word = |value: &Value| value["Value"]["__entity"]["id"].as_str().map(str::to_owned);
    let (fact, test) = if let Some(contains) = condition.get("contains") {
        (&contains["left"], word(&contains["right"]).map(Test::Contains))
    } else if let Some(equal) = condition.get("==") {
        (&equal["left"], word(&equal["right"]).map(Test::Is))
    } else if let Some(inside) = condition.get("in") {
        (&inside["right"], Some(Test::NotEmpty))
    } else {
        (condition, Some(Test::True))
    };
    let guard = chain(fact).zip(test).and_then(|(name, test)| {
        let (root, path) = Root::of(&name)?;
        Some(Guard { root, path: path.to_owned(), test })
    });
    let exact = guard.as_ref().is_some_and(|guard| guard.test != Test::NotEmpty);
    found.extend(guard);
    exact
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(expression: &Value) -> Result<(), String> {
        facts(expression, &Catalogue::default(), &mut BTreeSet::new())
    }

    #[test]
    fn what_is_read_without_its_name_is_refused() {
        let flow = json!({ ".": { "left": { "Var": "context" }, "attr": "flow" } });
        let either = json!({ "if-then-else": { "if": { "Value": true }, "then": flow, "else": flow } });
        assert!(read(&json!({ ".": { "left": either, "attr": "laws" } })).is_err());
        assert!(read(&json!({ "==": { "left": flow, "right": flow } })).is_err());
        assert!(read(&json!({ "Var": "context" })).is_err());
        assert_eq!(read(&json!({ "in": { "left": { "Var": "principal" }, "right": { "Value": 1 } } })), Ok(()));
    }

    #[test]
    fn a_free_text_is_only_compared_when_nothing_else_is_done_with_it() {
        let files = crate::load::embedded(crate::load::Embedded::Policies);
        let schema = files.iter().find(|file| file.path.ends_with(".cedarschema")).unwrap();
        let catalogue = crate::rulebook::read_facts(schema).unwrap().catalogue;
        let why = json!({ ".": { "left": { ".": { "left": { ".": { "left": { "Var": "context" }, "attr": "flow" } },
            "attr": "necessity" } }, "attr": "why_external" } });
        let read = |expression: Value| {
            let mut found = BTreeSet::new();
            only_compares(&json!([expression]), &catalogue, &mut found).then_some(found)
        };
        assert_eq!(read(json!({ "!=": { "left": why, "right": { "Value": "" } } })), Some([String::new()].into()));
        assert_eq!(read(json!({ "==": { "left": { "Value": "a" }, "right": why } })), Some(["a".to_owned()].into()));
        assert_eq!(read(json!({ "==": { "left": why, "right": why } })), None);
        assert_eq!(read(json!({ "like": { "left": why, "pattern": ["Wildcard"] } })), None);
    }
}
