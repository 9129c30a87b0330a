//! What a change does, in every form; here, what the forms say in the same words.

pub mod markdown;
pub mod text;

use serde_json::Value as Json;

use super::finding::{PLACES, sign, value};
use crate::impact::{
    Change, FactChange, FactValue, FileChange, FlowChange, Impact, InputChange, RuleChange, Spot, Standing, StateInfo,
};
use crate::report::{Aside, AsideBy, Status, Verdict};

/// As JSON, with a line break at the end.
///
/// # Errors
/// A value that JSON cannot hold: a fault of the program.
pub fn json(impact: &Impact) -> Result<String, String> {
    super::pretty(impact)
}

/// Rules that changed in the same way for the same cause. They share everything but their names.
struct Group<'a> {
    rules: Vec<&'a RuleChange>,
}

impl<'a> Group<'a> {
    /// The groups of a flow: those of findings first, each in the order of the result.
    fn of(flow: &'a FlowChange) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        let (findings, rest): (Vec<&RuleChange>, Vec<&RuleChange>) =
            flow.rules.iter().partition(|rule| rule.of_finding());
        for rule in findings.into_iter().chain(rest) {
            match groups.iter_mut().find(|group| group.holds(rule)) {
                Some(group) => group.rules.push(rule),
                None => groups.push(Self { rules: vec![rule] }),
            }
        }
        groups
    }

    fn holds(&self, rule: &RuleChange) -> bool {
        let Some(first) = self.rules.first() else { return false };
        let file = |rule: &RuleChange| rule.policy.as_ref().map(|policy| policy.change);
        standings(first) == standings(rule)
            && file(first) == file(rule)
            && first.facts == rule.facts
            && first.files == rule.files
            && asides(first) == asides(rule)
    }

    /// The rule whose standing and causes are those of all.
    fn first(&self) -> Option<&'a RuleChange> {
        self.rules.first().copied()
    }

    /// True when no finding is among them: then their names are enough.
    fn brief(&self) -> bool {
        !self.rules.iter().any(|rule| rule.of_finding())
    }

    /// What became of the rules' own files, or of those that say what words mean.
    fn files(&self) -> Vec<String> {
        let others = self.first().map(|rule| rule.files.as_slice()).unwrap_or_default();
        let told = |input: &InputChange| format!("{} is {}", input.path, input.change.word());
        self.file().into_iter().chain(others.iter().map(told)).collect()
    }

    fn file(&self) -> Option<String> {
        let word = match self.first()?.policy.as_ref()?.change {
            FileChange::Changed => "the rule itself is changed",
            FileChange::Added => "the rule is new",
            FileChange::Removed => "the rule is taken out",
        };
        let files: Vec<&str> =
            self.rules.iter().filter_map(|rule| Some(rule.policy.as_ref()?.path.as_str())).take(PLACES).collect();
        let more = if self.rules.len() > files.len() { ", …" } else { "" };
        Some(format!("{word}: {}{more}", files.join(", ")))
    }
}

/// How a rule stood and stands.
fn standings(rule: &RuleChange) -> String {
    format!("{} → {}", standing(rule.base.as_ref()), standing(rule.head.as_ref()))
}

fn standing(standing: Option<&Standing>) -> String {
    let Some(standing) = standing else { return "no such rule".to_owned() };
    let word = match standing.status {
        Status::NotApplicable => "does not apply",
        Status::Satisfied => "satisfied",
        Status::Undetermined => "undetermined",
        Status::Violated => "violated",
    };
    match &standing.aside {
        Some(aside) => format!("{word}, {}", aside.by.word()),
        None if standing.status == Status::Violated => format!("{word} ({})", standing.verdict.word()),
        None => word.to_owned(),
    }
}

/// What set the finding aside and does no more, or sets it aside now.
fn asides(rule: &RuleChange) -> Vec<String> {
    let of = |standing: &Option<Standing>| standing.as_ref().and_then(|standing| standing.aside.clone());
    let (before, after) = (of(&rule.base), of(&rule.head));
    if before.as_ref().map(because) == after.as_ref().map(because) {
        return Vec::new();
    }
    let before = before.map(|aside| format!("before: {}", because(&aside)));
    let after = after.map(|aside| format!("after: {}", because(&aside)));
    before.into_iter().chain(after).collect()
}

fn because(aside: &Aside) -> String {
    let reason = match aside.by {
        AsideBy::NotInForce => format!("it counts from {}", aside.reason),
        _ => format!("{}: {}", aside.by.word(), aside.reason.trim_end_matches('.')),
    };
    let approval = aside.approval.as_ref().map_or(String::new(), |approval| {
        format!("; {}, approved by {}, {}, until {}", approval.id, approval.approver, approval.ticket, approval.expires)
    });
    let place = aside.place.as_ref().map_or(String::new(), |place| format!(" ({})", super::finding::spot(place)));
    format!("{reason}{approval}{place}")
}

/// The old and the new value.
fn values(fact: &FactChange) -> String {
    let list = |values: &[FactValue]| {
        let words: Vec<String> = values.iter().map(|found| value(&found.value)).collect();
        if words.is_empty() { "—".to_owned() } else { words.join(" | ") }
    };
    let sets = match (fact.base.as_slice(), fact.head.as_slice()) {
        ([before], [after]) => difference(&before.value, &after.value),
        _ => None,
    };
    sets.unwrap_or_else(|| format!("{} → {}", list(&fact.base), list(&fact.head)))
}

/// Of two sets, what is in only one of them: whole they may be long.
fn difference(before: &Json, after: &Json) -> Option<String> {
    let (before, after) = (before.as_array()?, after.as_array()?);
    if before.is_empty() || after.is_empty() {
        return None;
    }
    let only =
        |one: &[Json], other: &[Json]| one.iter().filter(|word| !other.contains(word)).cloned().collect::<Vec<Json>>();
    let (gone, new) = (only(before, after), only(after, before));
    let gone = (!gone.is_empty()).then(|| format!("without {}", value(&Json::Array(gone))));
    let new = (!new.is_empty()).then(|| format!("with {}", value(&Json::Array(new))));
    Some(gone.into_iter().chain(new).collect::<Vec<_>>().join(", "))
}

/// The places of a fact in both states: those whose line differs, else the first ones.
fn places(fact: &FactChange) -> [(&'static str, Vec<&Spot>); 2] {
    let spots = |values: &'_ [FactValue]| values.iter().flat_map(|value| value.places.clone()).collect::<Vec<Spot>>();
    let (before, after) = (spots(&fact.base), spots(&fact.head));
    [("before", chosen(&fact.base, &after)), ("after", chosen(&fact.head, &before))]
}

fn chosen<'a>(values: &'a [FactValue], others: &[Spot]) -> Vec<&'a Spot> {
    let mut seen: Vec<&Spot> = Vec::new();
    for spot in values.iter().flat_map(|value| &value.places) {
        if !seen.iter().any(|other| (&other.file, other.line) == (&spot.file, spot.line)) {
            seen.push(spot);
        }
    }
    let same = |spot: &&Spot| others.iter().any(|other| (&other.file, &other.text) == (&spot.file, &spot.text));
    let differing: Vec<&Spot> = seen.iter().copied().filter(|spot| !same(spot)).take(PLACES).collect();
    if differing.is_empty() { seen.into_iter().take(1).collect() } else { differing }
}

/// A place in words.
fn spot(place: &Spot) -> String {
    format!("{}:{}:{}", place.file, place.line, place.column)
}

/// The old and the new verdict.
fn verdicts(flow: &FlowChange) -> String {
    match (flow.base, flow.head) {
        (Some(before), Some(after)) if before == after => format!("stays {}", after.word()),
        (Some(before), Some(after)) => format!("{} → {}", before.word(), after.word()),
        (verdict, other) => verdict.or(other).map_or(String::new(), |verdict| verdict.word().to_owned()),
    }
}

/// The sign of the verdict that holds now, or held last.
fn flow_sign(flow: &FlowChange) -> &'static str {
    flow.head.or(flow.base).map_or("", sign)
}

fn number(number: usize) -> String {
    if number == 1 { "1 flow".to_owned() } else { format!("{number} flows") }
}

/// How many flows changed in which way.
fn counts(impact: &Impact) -> String {
    let summary = &impact.summary;
    let mut counts: Vec<String> = Change::ALL
        .into_iter()
        .filter(|change| summary.of(*change) > 0)
        .map(|change| match change {
            Change::Reasons => format!("{} with other reasons", number(summary.reasons)),
            _ => format!("{} {}", number(summary.of(change)), change.words()),
        })
        .collect();
    if counts.is_empty() {
        counts.push("nothing changed".to_owned());
    }
    counts.push(format!("{} unchanged", summary.unchanged));
    counts.join(", ")
}

/// What needs a sentence more than the numbers.
fn remark(impact: &Impact) -> Option<String> {
    let eased = impact.summary.eased;
    (eased > 0).then(|| {
        let flows =
            if eased == 1 { "1 flow whose verdict is".to_owned() } else { format!("{eased} flows whose verdicts are") };
        format!("On {flows} not better, a rule counts less than before")
    })
}

/// How a state is called.
fn name(state: &StateInfo) -> String {
    let commit = state.commit.as_ref().map_or("", |commit| commit.get(..12).unwrap_or(commit));
    if commit.is_empty() || commit == state.name { state.name.clone() } else { format!("{} ({commit})", state.name) }
}

/// Which states are compared.
fn states(impact: &Impact) -> String {
    let (base, head) = (&impact.base, &impact.head);
    let tool = |state: &StateInfo| format!("{} {}", state.tool.name, state.tool.version);
    let mut text = format!("{} against {}, as of {}", name(head), name(base), head.as_of);
    if base.as_of != head.as_of {
        text.push_str(&format!(" (the base as of {})", base.as_of));
    }
    text.push_str(&format!(", by {}", tool(head)));
    if base.tool != head.tool {
        text.push_str(&format!(" (the base by {}, {}; now {})", tool(base), base.tool.engine, head.tool.engine));
    }
    text
}

/// The verdict that a change of a flow leaves.
fn verdict(flow: &FlowChange) -> Option<Verdict> {
    flow.head.or(flow.base)
}
