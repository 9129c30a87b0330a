//! Rules with one thing wrong: what scenarios must notice.

use std::collections::BTreeSet;

use cedar_policy::Policy;
use serde_json::{Value, json};

use super::rule::Rule;
use crate::model::Catalogue;

/// A rule with one thing changed.
#[derive(Debug)]
pub struct Mutant {
    /// What was changed, in words.
    pub change: String,
    /// The changed rule.
    pub rule: Rule,
}

impl Rule {
    /// Every rule that differs from this one in one condition: left out, turned round, loosened or tightened.
    ///
    /// # Errors
    /// Why a changed rule is no rule any more; a fault of the program.
    pub fn mutants(&self, catalogue: &Catalogue) -> Result<Vec<Mutant>, String> {
        let json = self.readable()?;
        let mut mutants = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, (kind, empty)) in [("when", true), ("unless", false)].into_iter().enumerate() {
            let body = &json["conditions"][index]["body"];
            let mut variants = vary(body);
            let whole = json!({ "Value": empty });
            if *body != whole {
                variants.push((whole, format!("is {empty}")));
            }
            for (variant, change) in variants {
                let mut json = json.clone();
                json["conditions"][index]["body"] = variant;
                if seen.insert(json["conditions"].to_string()) {
                    let rule = self.with_conditions(json, catalogue)?;
                    mutants.push(Mutant { change: format!("{kind}: {change}"), rule });
                }
            }
        }
        Ok(mutants)
    }
}

/// The variants of an expression, each with what was changed.
fn vary(expression: &Value) -> Vec<(Value, String)> {
    let Some((operator, operands)) = expression.as_object().and_then(|map| map.iter().next()) else {
        return Vec::new();
    };
    match operator.as_str() {
        "&&" | "||" => {
            let (left, right) = (&operands["left"], &operands["right"]);
            let mut variants = vec![
                (left.clone(), format!("without `{}`", text(right))),
                (right.clone(), format!("without `{}`", text(left))),
            ];
            let join = |left: &Value, right: &Value| json!({ operator: { "left": left, "right": right } });
            variants.extend(vary(left).into_iter().map(|(left, change)| (join(&left, right), change)));
            variants.extend(vary(right).into_iter().map(|(right, change)| (join(left, &right), change)));
            variants
        }
        "!" => {
            let inner = &operands["arg"];
            let mut variants = vec![(inner.clone(), format!("`{}` turned round", text(expression)))];
            let not = |inner: Value| json!({ "!": { "arg": inner } });
            // The inner expression turned round is the same as the outer one left as it is.
            variants.extend(
                vary(inner)
                    .into_iter()
                    .filter(|(_, change)| !change.ends_with("turned round"))
                    .map(|(inner, change)| (not(inner), change)),
            );
            variants
        }
        "Value" => Vec::new(),
        _ => atom(expression, operator, operands),
    }
}

fn atom(expression: &Value, operator: &str, operands: &Value) -> Vec<(Value, String)> {
    let mut variants = vec![(json!({ "!": { "arg": expression } }), format!("`{}` turned round", text(expression)))];
    let neighbour = match operator {
        "<" => "<=",
        "<=" => "<",
        ">" => ">=",
        ">=" => ">",
        _ => "",
    };
    if !neighbour.is_empty() {
        variants.push((json!({ neighbour: operands }), format!("`{}` with `{neighbour}`", text(expression))));
    }
    for side in ["left", "right"] {
        let operand = &operands[side];
        let with = |operand: Value| {
            let mut operands = operands.clone();
            operands[side] = operand;
            json!({ operator: operands })
        };
        if let Some(number) = operand["Value"].as_i64() {
            for other in [number - 1, number + 1] {
                variants.push((with(json!({ "Value": other })), format!("`{}` with {other}", text(expression))));
            }
        }
        for (index, word) in operand["Set"].as_array().into_iter().flatten().enumerate() {
            let mut words = operand["Set"].as_array().cloned().unwrap_or_default();
            words.remove(index);
            let change = format!("`{}` without `{}`", text(expression), text(word));
            variants.push((with(json!({ "Set": words })), change));
        }
    }
    variants
}

/// An expression as rules write it.
fn text(expression: &Value) -> String {
    let all = json!({ "op": "All" });
    let policy = json!({
        "effect": "forbid", "principal": all, "action": all, "resource": all,
        "conditions": [{ "kind": "when", "body": expression }],
    });
    let cedar = Policy::from_json(None, policy).ok().and_then(|policy| policy.to_cedar()).unwrap_or_default();
    let inner = cedar.split_once("when {").and_then(|(_, rest)| rest.rsplit_once('}')).map_or("", |(inner, _)| inner);
    inner.split_whitespace().collect::<Vec<_>>().join(" ")
}
