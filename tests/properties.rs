//! Properties that hold for every rule, example and scenario, whatever they say. The first of them: unknown never permits.
//!
//! Random tests run on fixed seeds; `PROPTEST_CASES` makes them run longer.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/random.rs"]
mod random;
#[path = "support/world.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use proptest::prelude::{any, prop};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use rayon::prelude::*;
use serde_json::{Value as Json, json};
use tidegate::decide::{Decision, Status, Verdict};
use tidegate::load;
use tidegate::model::{NONE, Root, Silence};
use tidegate::pipeline::evaluate;
use tidegate::render;
use tidegate::resolve::{Absent, FlowFacts, Value};
use tidegate::workspace::{Folders, Workspace};

use oracle::Oracle;
use world::{
    AS_OF, Judge, Papers, Removal, Spot, copy, day, judge, keys, known, list, name, pattern, place, rank, remove, set, without,
    world,
};

// ---- Facts -----------------------------------------------------------------------------------------------------------

/// A flow, with what is decided on it while nothing is removed.
struct Judged {
    name: String,
    facts: FlowFacts,
    decisions: Vec<Decision>,
    verdict: Verdict,
}

fn judged<'p>(papers: impl IntoParallelIterator<Item = &'p Papers>) -> Vec<Judged> {
    papers
        .into_par_iter()
        .flat_map_iter(|papers| {
            papers.opened().facts().into_iter().map(|facts| {
                let decisions = judge().decide(&facts);
                let verdict = Judge::worst(&decisions);
                Judged { name: format!("{} › {}", papers.name, facts.flow().id), facts, decisions, verdict }
            })
        })
        .collect()
}

/// The flows of the examples and of the given documents.
fn example_flows() -> &'static [Judged] {
    static FLOWS: OnceLock<Vec<Judged>> = OnceLock::new();
    FLOWS.get_or_init(|| {
        let mut papers = world().examples();
        papers.extend(world().given());
        judged(&papers)
    })
}

/// The flows of the scenarios, in the order of `World::changed`.
fn scenario_flows() -> &'static [Judged] {
    static FLOWS: OnceLock<Vec<Judged>> = OnceLock::new();
    FLOWS.get_or_init(|| judged(&world().changed().into_iter().map(|(_, papers)| papers).collect::<Vec<_>>()))
}

/// What a rule may become when facts are removed. Nothing becomes better: what was violated or undetermined is never satisfied or
/// not applicable, and what was undetermined stays so. Nothing becomes violated either: only a fact can violate a rule, never its
/// absence. *Not applicable* may become *satisfied*: nobody knows any more whether the rule applies, but it would be fulfilled.
fn may_become(before: Status, after: Status) -> bool {
    match before {
        Status::Violated => matches!(after, Status::Violated | Status::Undetermined),
        Status::Undetermined => after == Status::Undetermined,
        Status::Satisfied => matches!(after, Status::Satisfied | Status::Undetermined),
        Status::NotApplicable => after != Status::Violated,
    }
}

/// Where removing facts broke a promise, request by request.
fn broken(flow: &str, without: &str, before: &Decision, after: &Decision) -> Vec<String> {
    let pairs = before.outcomes.iter().zip(&after.outcomes);
    pairs
        .filter(|(before, after)| before.rule != after.rule || !may_become(before.status, after.status))
        .map(|(before, after)| {
            let (rule, was, is) = (&before.rule, before.status.word(), after.status.word());
            format!("{flow}: without {without}, {rule} goes from {was} to {is}")
        })
        .collect()
}

/// Every promise about one removed fact.
fn faults(flow: &Judged, removal: &Removal) -> Vec<String> {
    let (root, _, path) = &removal.spot;
    let fact = name(*root, path);
    let mut faults = Vec::new();
    for (before, after) in &removal.requests {
        faults.extend(broken(&flow.name, &fact, before, after));
        for (before, after) in before.outcomes.iter().zip(&after.outcomes) {
            let consulted = &world().book().rules[&before.rule].consulted;
            if before.status != after.status && !consulted.applies.contains(&fact) && !consulted.satisfied.contains(&fact) {
                faults.push(format!("{}: {} hangs on {fact}, which it is not said to consult", flow.name, before.rule));
            }
        }
    }
    if rank(removal.verdict) < rank(flow.verdict) {
        faults.push(format!("{}: {} without {fact}, {} with it", flow.name, removal.verdict.word(), flow.verdict.word()));
    }
    faults
}

const MEND_FACTS: &str = "Unknown must never permit: look at how `decide` reads what Cedar leaves of the rule, and at the rule's `when` and `unless`.";

#[test]
fn removing_a_fact_improves_no_example() {
    let faults: Vec<String> = example_flows()
        .par_iter()
        .flat_map_iter(|flow| {
            let removals = remove(&flow.facts, &flow.decisions, &known(&flow.facts));
            removals.iter().flat_map(|removal| faults(flow, removal)).collect::<Vec<_>>()
        })
        .collect();
    assert!(faults.is_empty(), "{MEND_FACTS}\n{}", list(&faults));
}

/// In a scenario, the facts that count are those of the rules that its page lists; a few others are taken in turn.
#[test]
fn removing_a_fact_improves_no_scenario() {
    const OTHERS: usize = 2;
    let faults: Vec<String> = scenario_flows()
        .par_iter()
        .zip(&world().scenarios)
        .enumerate()
        .flat_map_iter(|(turn, (flow, scenario))| {
            let block = &scenario.block;
            let listed: BTreeSet<&String> = block
                .violated
                .iter()
                .chain(&block.undetermined)
                .map(|rule| &world().book().rules[rule].consulted)
                .flat_map(|consulted| consulted.applies.iter().chain(&consulted.satisfied))
                .collect();
            let (mut spots, others): (Vec<Spot>, Vec<Spot>) =
                known(&flow.facts).into_iter().partition(|(root, _, path)| listed.contains(&name(*root, path)));
            let step = others.len().div_ceil(OTHERS).max(1);
            spots.extend(others.into_iter().skip(turn % step).step_by(step));
            let removals = remove(&flow.facts, &flow.decisions, &spots);
            removals.iter().flat_map(|removal| faults(flow, removal)).collect::<Vec<_>>()
        })
        .collect();
    assert!(faults.is_empty(), "{MEND_FACTS}\n{}", list(&faults));
}

/// Runs a property on a fixed seed, on all cores.
fn for_all<S: prop::strategy::Strategy + Sync>(
    cases: u32,
    strategy: &S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError> + Sync,
) {
    const SEEDS: [u8; 4] = [1, 2, 3, 4];
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    let config = Config { cases: cases / 4 + 1, failure_persistence: None, max_shrink_iters: 64, ..Config::default() };
    let failures: Vec<String> = SEEDS
        .par_iter()
        .filter_map(|seed| {
            let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[*seed; 32]);
            TestRunner::new_with_rng(config.clone(), rng).run(strategy, &property).err().map(|error| error.to_string())
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn removing_sets_of_facts_improves_nothing() {
    let flows: Vec<&Judged> = example_flows().iter().chain(scenario_flows()).collect();
    let strategy = (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..64), 1..=4u8);
    for_all(200, &strategy, |(flow, numbers, rate)| {
        let flow = flow.get(&flows);
        let mut removed = copy(&flow.facts);
        let mut names = Vec::new();
        for (spot, number) in known(&flow.facts).iter().zip(numbers.iter().cycle()) {
            if number % 8 < rate {
                set(&mut removed, spot, Value::Unknown);
                names.push(name(spot.0, &spot.2));
            }
        }
        let after = judge().decide(&removed);
        let mut faults: Vec<String> = flow
            .decisions
            .iter()
            .zip(&after)
            .flat_map(|(before, after)| broken(&flow.name, &names.join(", "), before, after))
            .collect();
        if rank(Judge::worst(&after)) < rank(flow.verdict) {
            faults.push(format!("{}: better without {}", flow.name, names.join(", ")));
        }
        if faults.is_empty() { Ok(()) } else { Err(TestCaseError::fail(format!("{MEND_FACTS}\n{}", list(&faults)))) }
    });
}

/// On a permitted flow, each rule that one fact alone satisfies hangs on that fact.
#[test]
fn a_permit_ends_without_the_fact_that_a_rule_rests_on() {
    /// Enough flows for each rule.
    const FLOWS: usize = 2;
    let permitted: Vec<&Judged> =
        example_flows().iter().chain(scenario_flows()).filter(|flow| flow.verdict == Verdict::Permitted).collect();
    let mut wanted: Vec<(&String, &Judged, Spot)> = Vec::new();
    let mut never = Vec::new();
    for (id, rule) in &world().book().rules {
        // `principal`, `action` and `resource` themselves are no facts that could be unknown.
        let facts: Vec<(Root, &str)> = rule.consulted.satisfied.iter().filter_map(|fact| place(fact)).collect();
        let [(root, path)] = facts.as_slice() else { continue };
        let before = wanted.len();
        for flow in &permitted {
            let satisfied = flow.decisions.iter().find(|decision| {
                decision.outcomes.iter().any(|outcome| outcome.rule == *id && outcome.status == Status::Satisfied)
            });
            if let Some(decision) = satisfied.filter(|_| wanted.len() < before + FLOWS) {
                let index = match root {
                    Root::Principal => decision.item,
                    Root::Contract => decision.contract,
                    Root::Resource | Root::Flow => 0,
                };
                wanted.push((id, flow, (*root, index, (*path).to_owned())));
            }
        }
        if wanted.len() == before {
            never.push(id.as_str());
        }
    }
    let faults: Vec<String> = wanted
        .par_iter()
        .flat_map_iter(|(id, flow, spot)| {
            let removals = remove(&flow.facts, &flow.decisions, std::slice::from_ref(spot));
            let fact = name(spot.0, &spot.2);
            removals.into_iter().filter_map(move |removal| {
                let hangs = removal.requests.iter().any(|(_, after)| {
                    after.outcomes.iter().any(|outcome| {
                        outcome.rule == **id && outcome.status == Status::Undetermined && outcome.unknown.contains(&fact)
                    })
                });
                let (name, verdict) = (&flow.name, removal.verdict.word());
                (!hangs || removal.verdict == Verdict::Permitted).then(|| {
                    format!("{name}: {verdict} without {fact}, and {id} {} on it", if hangs { "hangs" } else { "does not hang" })
                })
            })
        })
        .collect();
    assert!(faults.is_empty(), "{MEND_FACTS}\n{}", list(&faults));
    assert!(
        never.is_empty(),
        "No permitted flow satisfies these rules, so nobody sees whether they hold a permit up. Write a scenario that does: {}",
        never.join(", ")
    );
}

/// With nothing unknown, partial evaluation says what ordinary authorization says; and what is said with some facts unknown is true
/// of the world in which they have any value.
#[test]
fn partial_and_concrete_decisions_agree() {
    let oracle = Oracle::new();
    let start = &example_flows().last().expect("the given flow").facts;
    let strategy = (
        prop::collection::vec(any::<u32>(), random::CHOICES),
        prop::collection::vec(any::<u8>(), 1..64),
        any::<prop::sample::Index>(),
    );
    for_all(120, &strategy, |(choices, removed, flow)| {
        let example = &flow.get(example_flows()).facts;
        let mut faults = Vec::new();
        for whole in [random::fill(start, &choices, false), random::fill(example, &choices, true)] {
            let mut partial = copy(&whole);
            for (spot, number) in known(&whole).iter().zip(removed.iter().cycle()) {
                if number % 8 == 0 {
                    set(&mut partial, spot, Value::Unknown);
                }
            }
            for (whole_decision, partial_decision) in judge().decide(&whole).iter().zip(&judge().decide(&partial)) {
                let concrete = oracle.statuses(&whole, whole_decision.item, whole_decision.contract);
                for (outcome, uncertain) in whole_decision.outcomes.iter().zip(&partial_decision.outcomes) {
                    let truth = concrete[&outcome.rule];
                    if outcome.status != truth {
                        faults.push(format!("{} is {} but {} by ordinary authorization", outcome.rule, outcome.status.word(), truth.word()));
                    }
                    if !may_become(truth, uncertain.status) {
                        faults.push(format!("{} is said to be {} but is {}", outcome.rule, uncertain.status.word(), truth.word()));
                    }
                }
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(TestCaseError::fail(list(&faults))) }
    });
}

// ---- Documents -------------------------------------------------------------------------------------------------------

/// One of the documents that are judged together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Integration,
    Contract,
    Agreement,
    Profile,
}

impl Part {
    fn of(self, papers: &Papers) -> Option<&Json> {
        match self {
            Self::Integration => Some(&papers.integration),
            Self::Contract => papers.contract.as_ref(),
            Self::Agreement => papers.agreement.as_ref(),
            Self::Profile => papers.profile.as_ref(),
        }
    }

    fn replaced(self, papers: &Papers, json: Json) -> Papers {
        let mut papers = papers.clone();
        match self {
            Self::Integration => papers.integration = json,
            Self::Contract => papers.contract = Some(json),
            Self::Agreement => papers.agreement = Some(json),
            Self::Profile => papers.profile = Some(json),
        }
        papers
    }
}

/// Keys whose absence is itself a statement, so that deleting them changes the story instead of leaving it open.
/// A key stands here only if some deletion would otherwise fail the tests below.
const STATEMENTS: &[(Part, &str, &str)] = &[];

/// The keys whose deletion makes a verdict better, with the sentence to show.
fn improvements(papers: &Papers, part: Part, pointers: &[String]) -> Vec<(String, String)> {
    let Some(json) = part.of(papers) else { return Vec::new() };
    let before = papers.opened().verdicts();
    let flows = &papers.integration["flows"];
    pointers
        .par_iter()
        .flat_map_iter(|pointer| {
            // An invalid document judges nothing.
            let after = part.replaced(papers, without(json, pointer)).open().map(|case| case.verdicts()).unwrap_or_default();
            let better = before.iter().zip(after).enumerate().find(|(_, (before, after))| rank(*after) < rank(**before));
            better.map(|(flow, (before, after))| {
                let (name, flow) = (&papers.name, flows[flow]["id"].as_str().unwrap_or_default());
                let sentence =
                    format!("{name} › {flow}: {} without {pointer} of the {part:?}, {} with it", after.word(), before.word());
                (pointer.clone(), sentence)
            })
        })
        .collect()
}

#[test]
fn deleting_a_key_improves_no_example() {
    let mut found = Vec::new();
    for papers in world().examples() {
        found.extend(improvements(&papers, Part::Integration, &keys(&papers.integration)));
        for (part, json) in papers_beside(&papers) {
            let papers = part.replaced(&papers, json.clone());
            found.extend(improvements(&papers, part, &keys(&json)));
        }
    }
    eprintln!("{found:#?}");
}

/// The contracts with `silence: ask` and the agreements that bear on an example.
fn papers_beside(papers: &Papers) -> Vec<(Part, Json)> {
    let flows = papers.integration["flows"].as_array().expect("flows");
    let named = |id: &str| flows.iter().any(|flow| flow["contracts"].as_array().is_some_and(|ids| ids.iter().any(|of| of == id)));
    let used = |service: &String| flows.iter().any(|flow| flow["service"] == **service);
    let contracts = papers.base.contracts.values().filter(|known| known.model.silence == Silence::Ask && named(&known.model.id));
    let agreements = papers.base.agreements.values().filter(|known| known.model.services.iter().any(used));
    contracts
        .map(|known| (Part::Contract, known.document.node.to_json()))
        .chain(agreements.map(|known| (Part::Agreement, known.document.node.to_json())))
        .collect()
}

#[test]
fn deleting_a_key_improves_no_given() {
    let mut found = Vec::new();
    for papers in world().given() {
        for part in [Part::Integration, Part::Contract, Part::Agreement, Part::Profile] {
            found.extend(part.of(&papers).map(|json| improvements(&papers, part, &keys(json))).into_iter().flatten());
        }
    }
    eprintln!("{found:#?}");
}

#[test]
fn deleting_a_key_that_a_scenario_states_improves_nothing() {
    let mut found: Vec<(String, String)> = world().changed().par_iter().flat_map_iter(|(scenario, papers)| {
        let mut found = Vec::new();
        for (key, patch) in &scenario.block.change {
            let (part, prefix) = match key.as_str() {
                "integration" => (Part::Integration, String::new()),
                "flow" => (Part::Integration, "/flows/0".to_owned()),
                "contract" => (Part::Contract, String::new()),
                "agreement" => (Part::Agreement, String::new()),
                _ => (Part::Profile, format!("/services/{}", papers.integration["flows"][0]["service"].as_str().and_then(|s| s.split_once('/')).map(|s| s.1).unwrap_or_default())),
            };
            let Some(json) = part.of(papers) else { continue };
            if part == Part::Contract && json["silence"] != "ask" { continue }
            let pointers: Vec<String> = keys(patch).iter().map(|k| format!("{prefix}{k}")).filter(|p| json.pointer(p).is_some()).collect();
            found.extend(improvements(papers, part, &pointers));
        }
        found
    }).collect();
    found.sort();
    eprintln!("{found:#?}");
}
