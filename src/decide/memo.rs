//! Outcomes that were decided before. What a rule says depends on the facts that it consults and on nothing else, and flows
//! resemble each other; so Cedar is asked once for each combination of the values that a rule reads.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use super::Outcome;
use crate::model::{Catalogue, Root};
use crate::resolve::{Facts, FlowFacts, Value};
use crate::rulebook::{Rule, RuleBook};

/// So many outcomes of one rule are kept. A portfolio has fewer; whatever else comes must not fill the memory.
const MOST: usize = 50_000;

/// Numbers for values: equal values have equal numbers. So have free texts between which no rule makes a difference: every manifest
/// says in its own words why the data must be sent.
#[derive(Debug)]
pub(super) struct Numbers {
    known: RwLock<HashMap<Value, u32>>,
    /// The texts with which rules compare free texts.
    texts: BTreeSet<String>,
}

/// The number of every free text with which nothing is compared.
const SOME_TEXT: u32 = 0;

/// The facts of one flow as numbers. Those of a root are in the order of the catalogue.
#[derive(Debug)]
pub(super) struct Numbered {
    purpose: u32,
    service: u32,
    circumstances: Vec<u32>,
    endpoint: Vec<u32>,
    places: Vec<u32>,
    /// Class and facts.
    items: Vec<(u32, Vec<u32>)>,
    contracts: Vec<Vec<u32>>,
}

impl Numbers {
    pub(super) fn new(book: &RuleBook) -> Self {
        let texts = book.rules.values().filter_map(|rule| rule.consulted.texts.as_ref()).flatten().cloned().collect();
        Self { known: RwLock::default(), texts }
    }

    pub(super) fn of(&self, catalogue: &Catalogue, flow: &FlowFacts) -> Numbered {
        let facts = |root, facts| self.of_facts(catalogue, root, facts);
        let items = flow.items.iter();
        Numbered {
            purpose: self.of_value(&flow.purpose.value),
            service: self.of_value(&flow.service.value),
            circumstances: facts(Root::Flow, &flow.circumstances),
            endpoint: facts(Root::Resource, &flow.endpoint),
            places: facts(Root::Places, &flow.places),
            items: items.map(|item| (self.of_value(&item.class.value), facts(Root::Principal, &item.facts))).collect(),
            contracts: flow.contracts.iter().map(|contract| facts(Root::Contract, &contract.facts)).collect(),
        }
    }

    fn of_facts(&self, catalogue: &Catalogue, root: Root, facts: &Facts) -> Vec<u32> {
        // Both are sorted by path; what stands in one alone is passed over, or unknown.
        let mut stated = facts.iter().peekable();
        let number = |(path, _): (&String, _)| {
            while stated.next_if(|(other, _)| *other < path).is_some() {}
            self.of_value(stated.next_if(|(other, _)| *other == path).map_or(&Value::Unknown, |(_, fact)| &fact.value))
        };
        catalogue.of(root).map(number).collect()
    }

    fn of_value(&self, value: &Value) -> u32 {
        if matches!(value, Value::Text(text) if !self.texts.contains(text)) {
            return SOME_TEXT;
        }
        // A lock is poisoned only by a panic while it is held; the map itself stays whole.
        if let Some(number) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(value) {
            return *number;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let next = known.len() as u32 + SOME_TEXT + 1;
        *known.entry(value.clone()).or_insert(next)
    }
}

/// One thing that a rule reads of a request.
#[derive(Debug, Clone, Copy)]
enum Reading {
    Class,
    Purpose,
    Service,
    /// The position in the catalogue's facts of a root.
    Fact(Root, usize),
}

impl Reading {
    /// Everything that a rule reads; none when some of it is not known by name, or makes more of a free text than its number tells,
    /// so that nothing of the rule may be kept.
    fn all(rule: &Rule, catalogue: &Catalogue, numbers: &Numbers) -> Option<Vec<Self>> {
        if !rule.consulted.texts.as_ref()?.is_subset(&numbers.texts) {
            return None;
        }
        let names = rule.consulted.applies.union(&rule.consulted.satisfied);
        let reading = |name: &String| match name.as_str() {
            "principal" => Some(Self::Class),
            "action" => Some(Self::Purpose),
            "resource" => Some(Self::Service),
            name => {
                let (root, path) = Root::of(name)?;
                Some(Self::Fact(root, catalogue.of(root).position(|(other, _)| other == path)?))
            }
        };
        names.map(reading).collect()
    }

    fn number(self, flow: &Numbered, item: usize, contract: usize) -> u32 {
        match self {
            Self::Class => flow.items[item].0,
            Self::Purpose => flow.purpose,
            Self::Service => flow.service,
            Self::Fact(Root::Principal, at) => flow.items[item].1[at],
            Self::Fact(Root::Resource, at) => flow.endpoint[at],
            Self::Fact(Root::Contract, at) => flow.contracts[contract][at],
            Self::Fact(Root::Flow, at) => flow.circumstances[at],
            Self::Fact(Root::Places, at) => flow.places[at],
        }
    }
}

/// The outcomes of one rule, by the numbers of the values that it read.
type ByReading = HashMap<Box<[u32]>, Arc<Outcome>>;

/// The outcomes of every rule by what it read.
#[derive(Debug)]
pub(super) struct Memo {
    rules: Vec<Option<Vec<Reading>>>,
    outcomes: RwLock<Vec<ByReading>>,
}

impl Memo {
    pub(super) fn new(book: &RuleBook, numbers: &Numbers) -> Self {
        let rules: Vec<_> = book.rules.values().map(|rule| Reading::all(rule, &book.catalogue, numbers)).collect();
        let outcomes = RwLock::new(vec![HashMap::new(); rules.len()]);
        Self { rules, outcomes }
    }

    /// The known outcomes for one data item under one contract, by rule.
    pub(super) fn recall(&self, flow: &Numbered, item: usize, contract: usize) -> Vec<Option<Arc<Outcome>>> {
        let outcomes = self.outcomes.read().unwrap_or_else(PoisonError::into_inner);
        let mut key = Vec::new();
        let known = self.rules.iter().zip(&*outcomes).map(|(readings, outcomes)| {
            key.clear();
            key.extend(readings.as_ref()?.iter().map(|reading| reading.number(flow, item, contract)));
            outcomes.get(key.as_slice()).cloned()
        });
        known.collect()
    }

    /// Keeps the outcome of a rule, by its position in the book.
    pub(super) fn keep(&self, found: &[(usize, Arc<Outcome>)], flow: &Numbered, item: usize, contract: usize) {
        let mut outcomes = self.outcomes.write().unwrap_or_else(PoisonError::into_inner);
        for (rule, outcome) in found {
            if let Some(readings) = self.rules[*rule].as_ref().filter(|_| outcomes[*rule].len() < MOST) {
                let key = readings.iter().map(|reading| reading.number(flow, item, contract)).collect();
                outcomes[*rule].insert(key, Arc::clone(outcome));
            }
        }
    }
}
