//! Which rules a request needs at all, told by the guards of their `when` before Cedar is asked.
//!
//! Only speed: a rule that is left out would have come out as not applicable.

use std::collections::HashMap;

use cedar_policy::PolicySet;

use crate::model::Root;
use crate::resolve::{FlowFacts, Value};
use crate::rulebook::{Guard, RuleBook, Test};

/// What the guards of a rule tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relevance {
    /// The rule cannot apply.
    No,
    /// The rule applies: its guards are all of its `when`, and all are known to hold.
    Applies,
    /// Cedar must tell.
    Open,
}

/// The policies that requests need.
#[derive(Debug)]
pub(super) struct Slices<'a> {
    book: &'a RuleBook,
    guards: HashMap<Root, Vec<(usize, &'a Guard)>>,
}

impl<'a> Slices<'a> {
    pub(super) fn new(book: &'a RuleBook) -> Self {
        let mut guards: HashMap<Root, Vec<(usize, &Guard)>> = HashMap::new();
        for (index, rule) in book.rules.values().enumerate() {
            for guard in &rule.consulted.guards {
                guards.entry(guard.root).or_default().push((index, guard));
            }
        }
        Self { book, guards }
    }

    /// Every rule, before any fact is known.
    pub(super) fn all(&self) -> Vec<Relevance> {
        let before = |guarded| if guarded { Relevance::Applies } else { Relevance::Open };
        self.book.rules.values().map(|rule| before(rule.consulted.guarded)).collect()
    }

    /// Takes the facts of some roots into account.
    pub(super) fn narrow<const N: usize>(
        &self,
        mut relevance: Vec<Relevance>,
        flow: &FlowFacts,
        roots: [Root; N],
        item: usize,
        contract: usize,
    ) -> Vec<Relevance> {
        for root in roots {
            let facts = flow.facts(root, item, contract);
            for (rule, guard) in self.guards.get(&root).into_iter().flatten() {
                let value = facts.get(&guard.path).map_or(&Value::Unknown, |fact| &fact.value);
                match (holds(&guard.test, value), relevance[*rule]) {
                    (Some(false), _) => relevance[*rule] = Relevance::No,
                    (None, Relevance::Applies) => relevance[*rule] = Relevance::Open,
                    _ => {}
                }
            }
        }
        relevance
    }

    /// The policies of the relevant rules: each whole and, where it is not known that it applies, without its `unless`.
    pub(super) fn policies(&self, relevance: &[Relevance]) -> Result<PolicySet, String> {
        let mut policies = PolicySet::new();
        for (rule, relevance) in self.book.rules.values().zip(relevance) {
            if *relevance != Relevance::No {
                policies.add(rule.policy()?.clone()).map_err(|error| error.to_string())?;
            }
            if *relevance == Relevance::Open {
                policies.add(rule.applies()?.clone()).map_err(|error| error.to_string())?;
            }
        }
        Ok(policies)
    }
}

/// True when a guard is known not to hold: the rule then is about other flows.
pub fn rules_out(guard: &Guard, value: &Value) -> bool {
    holds(&guard.test, value) == Some(false)
}

fn holds(test: &Test, value: &Value) -> Option<bool> {
    match (test, value) {
        (Test::True, Value::Bool(answer)) => Some(*answer),
        (Test::Contains(word), Value::Set(words)) => Some(words.contains(word)),
        (Test::Is(word), Value::Name(found)) => Some(found == word),
        (Test::NotEmpty, Value::Set(words)) if words.is_empty() => Some(false),
        _ => None,
    }
}
