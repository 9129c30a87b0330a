//! Made-up facts: every fact of a flow gets a value of its type.

use std::collections::BTreeSet;
use std::sync::Arc;

use tidegate::model::{FactType, Manifest, TermType};
use tidegate::resolve::{FlowFacts, Value};

use crate::world::{Spot, groups, set, world};

/// An endless row of numbers from a seed (SplitMix64). A failing property then shows one number instead of hundreds.
pub(crate) fn numbers(seed: u64) -> impl FnMut() -> u32 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = state;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (number >> 32) as u32
    }
}

/// Countries of which the sets of the rules are made: few, so that one set is often part of another.
const COUNTRIES: [&str; 4] = ["DE", "US", "CN", "TW"];
/// Providers and other free words of sets.
const TEXTS: [&str; 2] = ["openai", "example-ai"];
/// Numbers on both sides of every limit that rules name.
const NUMBERS: [i64; 8] = [0, 1, 3, 18, 30, 72, 36_500, 87_600];

/// Three items under two contracts, with a value for every fact: what the flow at hand has of them, over and over.
pub(crate) fn made_up(facts: &FlowFacts, seed: u64) -> FlowFacts {
    let mut next = numbers(seed);
    let mut made = facts.clone();
    let mut model = Manifest::clone(&facts.manifest.model);
    let flow = &mut model.flows[facts.index];
    flow.purpose = pick(&words(TermType::Action), next());
    made.purpose.value = Value::Name(flow.purpose.clone());
    made.items = facts.items.iter().cycle().take(3).cloned().collect();
    made.contracts = facts.contracts.iter().cycle().take(2).cloned().collect();
    flow.data = flow.data.iter().cycle().take(3).cloned().collect();
    for (data, item) in flow.data.iter_mut().zip(&mut made.items) {
        let classes = if next().is_multiple_of(2) { words(TermType::DataClass) } else { special() };
        data.class = pick(&classes, next());
        item.class.value = Value::Name(data.class.clone());
    }
    made.manifest.model = Arc::new(model);
    fill(&made, &mut next, |_| true)
}

/// The flow with a value for every fact that is unknown in it.
pub(crate) fn completed(facts: &FlowFacts, seed: u64) -> FlowFacts {
    fill(facts, &mut numbers(seed), |value| *value == Value::Unknown)
}

fn fill(facts: &FlowFacts, next: &mut impl FnMut() -> u32, chosen: impl Fn(&Value) -> bool) -> FlowFacts {
    let mut filled = facts.clone();
    let chosen = &chosen;
    let spots: Vec<(Spot, FactType)> = groups(facts)
        .into_iter()
        .flat_map(|(root, index, group)| {
            group.iter().filter(|(_, fact)| chosen(&fact.value)).map(move |(path, _)| {
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
    let mut named: BTreeSet<String> = rules
        .flat_map(|rule| &rule.consulted.entities)
        .filter(|(of, _)| of == kind)
        .map(|(_, id)| id.clone())
        .collect();
    let term_type = world().workspace.knowledge.vocabulary.term_type(kind).expect("a type that the vocabulary fills");
    let all = words(term_type);
    named.extend(all.iter().step_by(all.len().div_ceil(6)).cloned());
    named.into_iter().collect()
}

fn words(term_type: TermType) -> Vec<String> {
    world().workspace.knowledge.vocabulary.terms(term_type).map(|(id, _)| id.clone()).collect()
}

/// The classes that laws protect specially.
fn special() -> Vec<String> {
    let categories = world().workspace.knowledge.vocabulary.terms(TermType::SpecialCategory);
    categories.flat_map(|(_, category)| category.members.keys().cloned()).collect()
}

fn pick<T: Clone>(from: &[T], choice: u32) -> T {
    from[choice as usize % from.len()].clone()
}

/// All, none or some of the words.
fn some(words: &[String], choice: u32) -> BTreeSet<String> {
    match choice % 4 {
        0 => words.iter().cloned().collect(),
        1 => BTreeSet::new(),
        _ => words
            .iter()
            .enumerate()
            .filter(|(index, _)| choice >> (2 + index % 30) & 1 == 1)
            .map(|(_, word)| word.clone())
            .collect(),
    }
}
