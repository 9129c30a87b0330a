//! What changed between two results, and why a rule came to say something else.

mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;

use crate::report::{AsideBy, FlowResult, Input, Place, Report, RuleResult, Status, Verdict};

pub use text::text;

/// What changed from one result to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diff {
    /// The version of this form.
    pub version: u32,
    /// The day of the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Change<String>>,
    /// The program and its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<Change<String>>,
    /// The policy engine and its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<Change<String>>,
    /// The worst verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Change<Verdict>>,
    /// Files that were added, removed or changed, by kind and path.
    pub inputs: Vec<InputChange>,
    /// Flows that were added, removed or judged otherwise.
    pub flows: Vec<FlowChange>,
}

/// Something before and after; absent where it was not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change<T> {
    /// Before.
    pub old: Option<T>,
    /// After.
    pub new: Option<T>,
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputChange {
    /// Its kind.
    pub kind: String,
    /// Its path.
    pub path: String,
    /// Its SHA-256.
    pub sha256: Change<String>,
}

/// A flow that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlowChange {
    /// The manifest's id.
    pub integration: String,
    /// The flow's id.
    pub flow: String,
    /// The verdict. Both may be the same where only rules changed.
    pub verdict: Change<Verdict>,
    /// The rules that say something else.
    pub rules: Vec<RuleChange>,
}

/// A rule that says something else about a flow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleChange {
    /// The rule's id.
    pub id: String,
    /// Its status.
    pub status: Change<Status>,
    /// What sets its finding aside.
    pub aside: Change<AsideBy>,
    /// The facts that it consulted and that changed.
    pub facts: Vec<FactChange>,
}

/// A fact that changed. It has several values where data items or contracts differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactChange {
    /// Its name.
    pub name: String,
    /// Its values before; null is unknown.
    pub old: Vec<Json>,
    /// Its values after.
    pub new: Vec<Json>,
    /// Where the new value stands.
    pub place: Place,
}

impl<T: PartialEq> Change<T> {
    fn of(old: Option<T>, new: Option<T>) -> Self {
        Self { old, new }
    }

    fn where_unlike(old: Option<T>, new: Option<T>) -> Option<Self> {
        (old != new).then_some(Self { old, new })
    }
}

impl Diff {
    /// True when nothing changed.
    pub fn is_empty(&self) -> bool {
        let Self { version: _, as_of, tool, engine, verdict, inputs, flows } = self;
        let heads = as_of.is_none() && tool.is_none() && engine.is_none() && verdict.is_none();
        heads && inputs.is_empty() && flows.is_empty()
    }
}

/// What changed from one result to another.
pub fn diff(before: &Report, after: &Report) -> Diff {
    let tool = |report: &Report| Some(format!("{} {}", report.tool.name, report.tool.version));
    Diff {
        version: 1,
        as_of: Change::where_unlike(Some(before.as_of.clone()), Some(after.as_of.clone())),
        tool: Change::where_unlike(tool(before), tool(after)),
        engine: Change::where_unlike(Some(before.tool.engine.clone()), Some(after.tool.engine.clone())),
        verdict: Change::where_unlike(before.verdict, after.verdict),
        inputs: inputs(&before.inputs, &after.inputs),
        flows: flows(&before.flows, &after.flows),
    }
}

/// The keys of two maps, each with what both have under it.
fn pairs<'a, K: Ord + Clone, V>(
    old: &BTreeMap<K, &'a V>,
    new: &BTreeMap<K, &'a V>,
) -> Vec<(K, Option<&'a V>, Option<&'a V>)> {
    let keys: BTreeSet<&K> = old.keys().chain(new.keys()).collect();
    keys.into_iter().map(|key| (key.clone(), old.get(key).copied(), new.get(key).copied())).collect()
}

fn inputs(old: &[Input], new: &[Input]) -> Vec<InputChange> {
    fn by_name(inputs: &[Input]) -> BTreeMap<(&str, &str), &String> {
        inputs.iter().map(|input| ((&*input.kind, &*input.path), &input.sha256)).collect()
    }
    let changed = pairs(&by_name(old), &by_name(new)).into_iter().filter_map(|((kind, path), old, new)| {
        let sha256 = Change::where_unlike(old.cloned(), new.cloned())?;
        Some(InputChange { kind: kind.to_owned(), path: path.to_owned(), sha256 })
    });
    changed.collect()
}

fn flows(old: &[FlowResult], new: &[FlowResult]) -> Vec<FlowChange> {
    fn by_name(flows: &[FlowResult]) -> BTreeMap<(&str, &str), &FlowResult> {
        flows.iter().map(|flow| ((&*flow.integration, &*flow.flow), flow)).collect()
    }
    let changed = pairs(&by_name(old), &by_name(new)).into_iter().filter_map(|((integration, flow), old, new)| {
        let rules = match (old, new) {
            (Some(old), Some(new)) => rules(&old.rules, &new.rules),
            _ => Vec::new(),
        };
        let verdict = Change::of(old.map(|flow| flow.verdict), new.map(|flow| flow.verdict));
        let same = verdict.old == verdict.new && rules.is_empty();
        (!same).then(|| FlowChange { integration: integration.to_owned(), flow: flow.to_owned(), verdict, rules })
    });
    changed.collect()
}

fn rules(old: &[RuleResult], new: &[RuleResult]) -> Vec<RuleChange> {
    fn by_id(rules: &[RuleResult]) -> BTreeMap<&str, &RuleResult> {
        rules.iter().map(|rule| (&*rule.id, rule)).collect()
    }
    let (old_facts, new_facts) = (Values::of(old), Values::of(new));
    let changed = pairs(&by_id(old), &by_id(new)).into_iter().filter_map(|(id, old, new)| {
        let status = Change::of(old.map(|rule| rule.status), new.map(|rule| rule.status));
        let by = |rule: Option<&RuleResult>| rule.and_then(|rule| Some(rule.aside.as_ref()?.by));
        let aside = Change::of(by(old), by(new));
        if status.old == status.new && aside.old == aside.new {
            return None;
        }
        let consulted: BTreeSet<&str> =
            [old, new].into_iter().flatten().flat_map(|rule| &rule.facts).map(|fact| &*fact.name).collect();
        let facts = consulted.into_iter().filter_map(|name| change(name, &old_facts, &new_facts)).collect();
        Some(RuleChange { id: id.to_owned(), status, aside, facts })
    });
    changed.collect()
}

/// The values that the facts of a flow have, over all its rules: a rule that does not apply tells fewer of them than one that does.
struct Values<'a>(BTreeMap<&'a str, (BTreeMap<String, &'a Json>, Place)>);

impl<'a> Values<'a> {
    fn of(rules: &'a [RuleResult]) -> Self {
        let mut values: BTreeMap<&str, (BTreeMap<String, &Json>, Place)> = BTreeMap::new();
        for fact in rules.iter().flat_map(|rule| &rule.facts) {
            let place = || Place { file: fact.file.clone(), line: fact.line, column: fact.column, source: None };
            let (known, _) = values.entry(&fact.name).or_insert_with(|| (BTreeMap::new(), place()));
            known.insert(fact.value.to_string(), &fact.value);
        }
        Self(values)
    }
}

/// How a fact changed that both results tell.
fn change(name: &str, old: &Values<'_>, new: &Values<'_>) -> Option<FactChange> {
    let ((old, _), (new, place)) = (old.0.get(name)?, new.0.get(name)?);
    let values = |map: &BTreeMap<String, &Json>| map.values().map(|value| (*value).clone()).collect::<Vec<_>>();
    let (old, new) = (values(old), values(new));
    (old != new).then(|| FactChange { name: name.to_owned(), old, new, place: place.clone() })
}
