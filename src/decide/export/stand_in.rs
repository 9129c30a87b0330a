//! Stand-ins for unknown facts, in two opposite ways.

use std::collections::{BTreeMap, BTreeSet};

use crate::knowledge::Vocabulary;
use crate::model::FactType;
use crate::resolve::Value;
use crate::rulebook::RuleBook;

/// Larger than any limit that a rule compares with, and small enough to reckon with.
const MANY: i64 = 1_000_000;

/// One of two opposite ways to fill unknown facts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Filling {
    /// No, nought, nothing, the first word.
    Low,
    /// Yes, many, everything, the last word.
    High,
}

impl Filling {
    pub(super) const ALL: [Self; 2] = [Self::Low, Self::High];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }
}

/// The words to choose from, by type.
pub(super) struct StandIns {
    words: BTreeMap<String, Vec<String>>,
}

impl StandIns {
    /// The words of closed lists; of open types those that rules name, as others make no difference, after one of the vocabulary.
    pub(super) fn new(book: &RuleBook, vocabulary: &Vocabulary) -> Self {
        let named: BTreeSet<&(String, String)> =
            book.rules.values().flat_map(|rule| &rule.consulted.entities).collect();
        let mut words: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (kind, word) in named {
            words.entry(kind.clone()).or_default().push(word.clone());
        }
        for decl in book.catalogue.facts.values().flat_map(BTreeMap::values) {
            let (FactType::Name(kind) | FactType::Names(kind)) = &decl.fact_type else { continue };
            let first = vocabulary.term_type(kind).and_then(|of_type| vocabulary.terms(of_type).next());
            let words = words.entry(kind.clone()).or_default();
            if let Some((first, _)) = first.filter(|(first, _)| !words.contains(first)) {
                words.insert(0, first.clone());
            }
        }
        words.extend(book.catalogue.lists.clone());
        Self { words }
    }

    /// A value of the declared type.
    pub(super) fn value(&self, fact_type: &FactType, filling: Filling) -> Value {
        let high = matches!(filling, Filling::High);
        let words = |kind: &str| self.words.get(kind).map(Vec::as_slice).unwrap_or_default();
        match fact_type {
            FactType::Bool => Value::Bool(high),
            FactType::Long => Value::Long(if high { MANY } else { 0 }),
            FactType::Text => Value::Text(if high { "stand-in" } else { "" }.to_owned()),
            FactType::Texts => Value::Set(high.then(|| "stand-in".to_owned()).into_iter().collect()),
            FactType::Name(kind) => {
                let words = words(kind);
                let word = if high { words.last() } else { words.first() };
                Value::Name(word.cloned().unwrap_or_else(|| "stand-in".to_owned()))
            }
            FactType::Names(kind) => Value::Set(if high { words(kind).iter().cloned().collect() } else { [].into() }),
        }
    }
}
