//! Made-up facts: every fact of a flow gets a value of its type, chosen by numbers that proptest picks.

use std::collections::BTreeSet;
use std::sync::Arc;

use tidegate::model::{FactType, Manifest, TermType};
use tidegate::resolve::{FlowFacts, Value};

use crate::world::{Spot, copy, groups, set, world};

/// How many numbers `fill` reads at most; further facts reuse them from the start.
pub(crate) const CHOICES: usize = 256;

/// Countries of which the sets of the rules are made: few, so that one set is often part of another.
const COUNTRIES: [&str; 4] = ["DE", "US", "CN", "TW"];
/// Providers and other free words of sets.
const TEXTS: [&str; 2] = ["openai", "example-ai"];
/// Numbers on both sides of every limit that rules name.
const NUMBERS: [i64; 8] = [0, 1, 3, 18, 30, 72, 36_500, 87_600];

/// A flow with the same manifest and a value for every fact. With `keep`, known facts stay, and so do class and purpose.
pub(crate) fn fill(facts: &FlowFacts, choices: &[u32], keep: bool) -> FlowFacts {
    let mut choices = choices.iter().cycle().copied();
    let mut next = || choices.next().unwrap_or_default();
    let mut filled = copy(facts);
    if !keep {
        let mut model = Manifest::clone(&facts.manifest.model);
        let flow = &mut model.flows[facts.index];
        flow.purpose = pick(&words(TermType::Action), next());
        filled.purpose.value = Value::Name(flow.purpose.clone());
        for (data, item) in flow.data.iter_mut().zip(&mut filled.items) {
            data.class = pick(&words(TermType::DataClass), next());
            item.class.value = Value::Name(data.class.clone());
        }
        filled.manifest.model = Arc::new(model);
    }
    let spots: Vec<(Spot, FactType)> = groups(facts)
        .into_iter()
        .flat_map(|(root, index, group)| {
            let unknown = group.iter().filter(|(_, fact)| !keep || fact.value == Value::Unknown);
            unknown.map(move |(path, _)| {
                let decl = world().catalogue().facts[&root].get(path).expect("a fact of the catalogue");
                ((root, index, path.clone()), decl.fact_type.clone())
            })
        })
        .collect();
    for (spot, fact_type) in spots {
        set(&mut filled, &spot, value(&fact_type, next()));
    }
    filled
}

fn value(fact_type: &FactType, choice: u32) -> Value {
    match fact_type {
        FactType::Bool => Value::Bool(choice.is_multiple_of(2)),
        FactType::Long => Value::Long(pick(&NUMBERS, choice)),
        FactType::Text => Value::Text(pick(&["openai", "example-ai", ""], choice).to_owned()),
        FactType::Texts => Value::Set(some(&TEXTS.map(str::to_owned), choice)),
        FactType::Name(kind) => Value::Name(pick(&named(kind), choice)),
        FactType::Names(kind) => Value::Set(some(&named(kind), choice)),
    }
}

/// The words of a type: closed lists whole; of the vocabulary those that rules name, and a few more.
fn named(kind: &str) -> Vec<String> {
    if kind == "Country" {
        return COUNTRIES.map(str::to_owned).into();
    }
    if let Some(list) = world().catalogue().lists.get(kind) {
        return list.clone();
    }
    let rules = world().book().rules.values();
    let mut named: BTreeSet<String> =
        rules.flat_map(|rule| &rule.consulted.entities).filter(|(of, _)| of == kind).map(|(_, id)| id.clone()).collect();
    let term_type = world().workspace.knowledge.vocabulary.term_type(kind).expect("a type that the vocabulary fills");
    let all = words(term_type);
    named.extend(all.iter().step_by(all.len().div_ceil(6)).cloned());
    named.into_iter().collect()
}

fn words(term_type: TermType) -> Vec<String> {
    world().workspace.knowledge.vocabulary.terms(term_type).map(|(id, _)| id.clone()).collect()
}

fn pick<T: Clone>(from: &[T], choice: u32) -> T {
    from[choice as usize % from.len()].clone()
}

/// All, none or some of the words.
fn some(words: &[String], choice: u32) -> BTreeSet<String> {
    match choice % 4 {
        0 => words.iter().cloned().collect(),
        1 => BTreeSet::new(),
        _ => words.iter().enumerate().filter(|(index, _)| choice >> (2 + index % 30) & 1 == 1).map(|(_, word)| word.clone()).collect(),
    }
}
