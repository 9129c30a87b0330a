//! Which facts that a rule consulted differ between two states.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::state::State;
use super::{FactChange, FactValue};
use crate::report::{FactResult, FlowResult, RuleResult};

/// The facts of a flow in one state.
pub(super) struct Facts<'a> {
    state: &'a State<'a>,
    /// Of every rule: a rule that does not apply gives only the fact that rules it out, but others give the rest.
    all: BTreeMap<&'a str, Vec<&'a FactResult>>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(state: &'a State<'a>, flow: &'a FlowResult) -> Self {
        let mut all: BTreeMap<&str, Vec<&FactResult>> = BTreeMap::new();
        for fact in flow.rules.iter().flat_map(|rule| &rule.facts) {
            let known = all.entry(&fact.name).or_default();
            if !known.contains(&fact.as_ref()) {
                known.push(fact);
            }
        }
        Self { state, all }
    }

    /// What the fact is for the rule: as the rule consulted it, else as others did.
    fn named(&self, rule: Option<&'a RuleResult>, name: &str) -> Vec<&'a FactResult> {
        let consulted = rule.into_iter().flat_map(|rule| &rule.facts).map(AsRef::as_ref);
        let own: Vec<&FactResult> = consulted.filter(|fact: &&FactResult| fact.name == name).collect();
        if own.is_empty() { self.any(name).to_vec() } else { own }
    }

    /// What the fact is for any rule.
    fn any(&self, name: &str) -> &[&'a FactResult] {
        self.all.get(name).map_or(&[], Vec::as_slice)
    }

    fn value(&self, fact: &FactResult) -> FactValue {
        let places = fact.places().filter(|place| place.line > 0);
        FactValue { value: fact.value.clone(), places: places.map(|place| self.state.spot(&place)).collect() }
    }

    /// The values that the other side does not have.
    fn only_here(&self, here: &[&FactResult], there: &[&FactResult]) -> Vec<FactValue> {
        let mut values: Vec<&Json> = Vec::new();
        let mut only = Vec::new();
        for fact in here {
            if !there.iter().any(|other| other.value == fact.value) && !values.contains(&&fact.value) {
                values.push(&fact.value);
                only.push(self.value(fact));
            }
        }
        only
    }
}

/// The facts that differ. A fact that had no part in one of the states is no change of a fact; such facts are given only where nothing
/// else tells why the rule changed (`at_a_loss`).
pub(super) fn changes<'a>(
    base: (&Facts<'a>, Option<&'a RuleResult>),
    head: (&Facts<'a>, Option<&'a RuleResult>),
    at_a_loss: bool,
) -> Vec<FactChange> {
    let mut names: Vec<&str> = Vec::new();
    for fact in [head.1, base.1].into_iter().flatten().flat_map(|rule| &rule.facts) {
        if !names.contains(&fact.name.as_str()) {
            names.push(&fact.name);
        }
    }
    // A rule gives the facts of the data items that have its status, and of one where it does not apply. So a value is gone only if it is
    // in no rule of the other state.
    let change = |name: &&str| {
        let (before, after) = (base.0.any(name), head.0.any(name));
        let fact = FactChange {
            name: (*name).to_owned(),
            base: base.0.only_here(&base.0.named(base.1, name), after),
            head: head.0.only_here(&head.0.named(head.1, name), before),
        };
        let known = !before.is_empty() && !after.is_empty();
        (!fact.base.is_empty() || !fact.head.is_empty()).then_some((known, fact))
    };
    let (both, one): (Vec<_>, Vec<_>) = names.iter().filter_map(change).partition(|(known, _)| *known);
    let told = if both.is_empty() && at_a_loss { one } else { both };
    told.into_iter().map(|(_, fact)| fact).collect()
}
