//! From two results to what differs between them.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{self, Facts};
use super::state::State;
use super::{Change, Counts, Direction, FileChange, FlowChange, Impact, InputChange, RuleChange, VERSION};
use crate::report::{Aside, AsideBy, FlowResult, Input, Notice, RuleResult, Status, Verdict};

/// Something in the base and in the head.
type Pair<T> = (Option<T>, Option<T>);

/// The kinds of files that say what words and facts mean.
const WORDS: [&str; 3] = ["vocabulary", "schema", "rule-pack"];

/// What differs between two states.
pub fn compare(base: &State<'_>, head: &State<'_>) -> Impact {
    let inputs = files(base, head);
    let mut flows: BTreeMap<(&str, &str), Pair<&FlowResult>> = BTreeMap::new();
    for flow in &base.report.flows {
        flows.entry((&flow.integration, &flow.flow)).or_default().0 = Some(flow);
    }
    for flow in &head.report.flows {
        flows.entry((&flow.integration, &flow.flow)).or_default().1 = Some(flow);
    }
    let mut summary = Counts::default();
    let mut changed = Vec::new();
    for pair in flows.into_values() {
        let flow = match pair {
            (Some(before), Some(after)) => both((base, before), (head, after), &inputs),
            (Some(before), None) => Some(one(base, before, Change::Removed)),
            (None, Some(after)) => Some(one(head, after, Change::Added)),
            (None, None) => None,
        };
        match flow {
            Some(flow) => {
                count(&mut summary, &flow);
                changed.push(flow);
            }
            None => summary.unchanged += 1,
        }
    }
    // Within a way of changing, the order of names stays.
    changed.sort_by_key(|flow| flow.change);
    Impact {
        version: VERSION,
        base: base.info(),
        head: head.info(),
        summary,
        flows: changed,
        notices: notices(base, head),
        inputs,
    }
}

fn count(summary: &mut Counts, flow: &FlowChange) {
    let number = match flow.change {
        Change::Loosened => &mut summary.loosened,
        Change::Tightened => &mut summary.tightened,
        Change::Reasons => &mut summary.reasons,
        Change::Added => &mut summary.added,
        Change::Removed => &mut summary.removed,
    };
    *number += 1;
    summary.eased += usize::from(flow.eased());
}

/// A flow that one state does not have.
fn one(state: &State<'_>, flow: &FlowResult, change: Change) -> FlowChange {
    let verdict = |of: Change| (change == of).then_some(flow.verdict);
    FlowChange {
        integration: flow.integration.clone(),
        flow: flow.flow.clone(),
        title: flow.title.clone(),
        change,
        base: verdict(Change::Removed),
        head: verdict(Change::Added),
        place: state.spot(&flow.place),
        rules: Vec::new(),
    }
}

/// A flow that both states have, if anything changed on it.
fn both(
    (base, before): (&State<'_>, &FlowResult),
    (head, after): (&State<'_>, &FlowResult),
    inputs: &[InputChange],
) -> Option<FlowChange> {
    let policies = policies(inputs);
    let mut rules: BTreeMap<&str, Pair<&RuleResult>> = BTreeMap::new();
    for rule in &before.rules {
        rules.entry(&rule.id).or_default().0 = Some(rule);
    }
    for rule in &after.rules {
        rules.entry(&rule.id).or_default().1 = Some(rule);
    }
    rules.retain(|_, (before, after)| differ(*before, *after));
    if rules.is_empty() {
        return None;
    }
    let (known_before, known_after) = (Facts::of(base, before), Facts::of(head, after));
    let title = |id: &str| {
        let info = head.report.rules.get(id).or_else(|| base.report.rules.get(id));
        info.map(|info| info.title.clone()).unwrap_or_default()
    };
    // What the rule compares beside facts: the place of a word in the hierarchy, and the words of the flow itself.
    let manifest = head.path(&after.place.file);
    let means = |input: &&InputChange| WORDS.contains(&input.kind.as_str()) || input.path == manifest;
    let change = |(id, (was, is)): (&str, Pair<&RuleResult>)| {
        let policy = policies.get(id).map(|policy| (*policy).clone());
        let aside = |rule: Option<&RuleResult>| rule.and_then(|rule| rule.aside.as_deref().cloned());
        let told = policy.is_some() || !same_aside(aside(was).as_ref(), aside(is).as_ref());
        let facts = facts::changes((&known_before, was), (&known_after, is), !told);
        let at_a_loss = !told && facts.iter().all(|fact| fact.base.is_empty() || fact.head.is_empty());
        RuleChange {
            id: id.to_owned(),
            title: title(id),
            direction: direction(weight(was), weight(is)),
            base: was.map(|rule| base.standing(rule)),
            head: is.map(|rule| head.standing(rule)),
            policy,
            facts,
            files: if at_a_loss { inputs.iter().filter(means).cloned().collect() } else { Vec::new() },
        }
    };
    let mut rules: Vec<RuleChange> = rules.into_iter().map(change).collect();
    rules.sort_by_key(|rule| rule.direction);
    Some(FlowChange {
        integration: after.integration.clone(),
        flow: after.flow.clone(),
        title: after.title.clone(),
        change: match direction(before.verdict, after.verdict) {
            Direction::Loosened => Change::Loosened,
            Direction::Tightened => Change::Tightened,
            Direction::Neither => Change::Reasons,
        },
        base: Some(before.verdict),
        head: Some(after.verdict),
        place: head.spot(&after.place),
        rules,
    })
}

/// True when the rule says something else of the flow. A finding is told by its fingerprint, which holds the facts and no lines; of a
/// satisfied rule only that it is so is a reason.
fn differ(before: Option<&RuleResult>, after: Option<&RuleResult>) -> bool {
    // A rule that there is not says no more of the flow than one that does not apply.
    let status = |rule: Option<&RuleResult>| rule.map_or(Status::NotApplicable, |rule| rule.status);
    let finding = |rule: Option<&RuleResult>| rule.and_then(|rule| rule.fingerprint.clone());
    let aside = |rule: Option<&'_ RuleResult>| rule.and_then(|rule| rule.aside.as_deref().cloned());
    status(before) != status(after)
        || weight(before) != weight(after)
        || finding(before) != finding(after)
        || !same_aside(aside(before).as_ref(), aside(after).as_ref())
}

/// The same reason for not counting, wherever it is written. A baseline that was saved anew gives the same reason.
fn same_aside(one: Option<&Aside>, other: Option<&Aside>) -> bool {
    let reason = |aside: &Aside| match aside.by {
        AsideBy::Baseline => None,
        _ => Some((aside.reason.clone(), aside.approval.clone())),
    };
    let named = |aside: Option<&Aside>| aside.map(|aside| (aside.by, aside.verdict, reason(aside)));
    named(one) == named(other)
}

fn weight(rule: Option<&RuleResult>) -> Verdict {
    rule.map_or(Verdict::Permitted, |rule| rule.verdict)
}

fn direction(before: Verdict, after: Verdict) -> Direction {
    match after.cmp(&before) {
        std::cmp::Ordering::Less => Direction::Loosened,
        std::cmp::Ordering::Greater => Direction::Tightened,
        std::cmp::Ordering::Equal => Direction::Neither,
    }
}

/// The files that differ, by their digests.
fn files(base: &State<'_>, head: &State<'_>) -> Vec<InputChange> {
    let named = |state: &State<'_>, input: &Input| (state.path(&input.path), input.kind.clone());
    let mut digests: BTreeMap<(String, String), Pair<&str>> = BTreeMap::new();
    for input in &base.report.inputs {
        digests.entry(named(base, input)).or_default().0 = Some(&input.sha256);
    }
    for input in &head.report.inputs {
        digests.entry(named(head, input)).or_default().1 = Some(&input.sha256);
    }
    let changes = digests.into_iter().filter(|(_, (before, after))| before != after);
    changes
        .map(|((path, kind), digests)| {
            let change = match digests {
                (None, _) => FileChange::Added,
                (_, None) => FileChange::Removed,
                _ => FileChange::Changed,
            };
            InputChange { path, kind, change }
        })
        .collect()
}

/// The files of rules that differ, by rule. A rule of the user's replaces the embedded one, and comes after it in the order of paths.
fn policies(inputs: &[InputChange]) -> BTreeMap<String, &InputChange> {
    let rules = inputs.iter().filter_map(|input| {
        let mut parts = input.path.strip_suffix(".cedar")?.rsplit('/');
        let (name, pack) = (parts.next()?, parts.next()?);
        Some((format!("{pack}/{name}"), input))
    });
    rules.collect()
}

/// What is to be said of the head, and was not of the base.
fn notices(base: &State<'_>, head: &State<'_>) -> Vec<Notice> {
    let said: BTreeSet<(&str, &str)> =
        base.report.notices.iter().map(|notice| (notice.id.as_str(), notice.message.as_str())).collect();
    let new =
        head.report.notices.iter().filter(|notice| !said.contains(&(notice.id.as_str(), notice.message.as_str())));
    new.map(|notice| Notice { place: head.place(&notice.place), ..notice.clone() }).collect()
}
