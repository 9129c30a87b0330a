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

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use proptest::prelude::{any, prop};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use rayon::prelude::*;
use serde_json::{Value as Json, json};
use tidegate::decide::{Decision, Outcome, Status, Verdict};
use tidegate::gate::Gate;
use tidegate::load::{self, Exclude};
use tidegate::model::{Moment, NONE, Root, Silence, TermType};
use tidegate::pipeline::{Manner, Run, evaluate};
use tidegate::problem::Problem;
use tidegate::render;
use tidegate::report::Detail;
use tidegate::resolve::{Absent, FlowFacts, Value};
use tidegate::rulebook::Rule;
use tidegate::source::SourceFile;
use tidegate::workspace::{Folders, Reach, Workspace};

use oracle::Oracle;
use world::{
    AS_OF, GIVEN, Judge, Papers, Removal, Spot, day, judge, keys, known, list, name, pattern, place, rank, remove, set,
    without, world,
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

/// Every rule with its outcome before and after.
fn changes<'d>(
    before: &'d Decision,
    after: &'d Decision,
) -> impl Iterator<Item = (&'static Rule, &'d Outcome, &'d Outcome)> {
    let outcomes = before.outcomes.iter().zip(&after.outcomes);
    world().book().rules.values().zip(outcomes).map(|(rule, (before, after))| (rule, &**before, &**after))
}

/// Where removing facts broke a promise, request by request.
fn broken(flow: &str, without: &str, before: &Decision, after: &Decision) -> Vec<String> {
    changes(before, after)
        .filter(|(_, before, after)| !may_become(before.status, after.status))
        .map(|(rule, before, after)| {
            format!(
                "{flow}: without {without}, {} goes from {} to {}",
                rule.id,
                before.status.word(),
                after.status.word()
            )
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
        for (rule, before, after) in changes(before, after) {
            if before.status != after.status
                && !rule.consulted.applies.contains(&fact)
                && !rule.consulted.satisfied.contains(&fact)
            {
                faults.push(format!("{}: {} hangs on {fact}, which it is not said to consult", flow.name, rule.id));
            }
        }
    }
    if rank(removal.verdict) < rank(flow.verdict) {
        faults.push(format!(
            "{}: {} without {fact}, {} with it",
            flow.name,
            removal.verdict.word(),
            flow.verdict.word()
        ));
    }
    faults
}

const MEND_FACTS: &str = "Unknown must never permit: look at how `decide` reads what Cedar leaves of the rule, and at the rule's `when` and `unless`.";

/// Every fact of the given documents; of the examples, by turns, every third. Facts that no rule consults go all at once.
#[test]
fn removing_a_fact_improves_no_example() {
    let turns = if thorough() { 1 } else { 3 };
    let faults: Vec<String> = example_flows()
        .par_iter()
        .enumerate()
        .flat_map_iter(|(turn, flow)| {
            let turns = if flow.name.starts_with(GIVEN) { 1 } else { turns };
            let (consulted, others): (Vec<Spot>, Vec<Spot>) =
                known(&flow.facts).into_iter().partition(|(root, _, path)| is_consulted(&name(*root, path)));
            let spots: Vec<Spot> = consulted.into_iter().skip(turn % turns).step_by(turns).collect();
            let removals = remove(&flow.facts, &flow.decisions, &spots);
            let mut faults: Vec<String> = removals.iter().flat_map(|removal| faults(flow, removal)).collect();
            let mut removed = flow.facts.clone();
            others.iter().for_each(|spot| set(&mut removed, spot, Value::Unknown));
            if judge().decide(&removed) != flow.decisions {
                faults.push(format!("{}: facts that no rule is said to consult change a decision", flow.name));
            }
            faults
        })
        .collect();
    assert!(faults.is_empty(), "{MEND_FACTS}\n{}", list(&faults));
}

fn is_consulted(fact: &str) -> bool {
    world()
        .book()
        .rules
        .values()
        .any(|rule| rule.consulted.applies.contains(fact) || rule.consulted.satisfied.contains(fact))
}

/// Samples are fixed. With `TIDEGATE_THOROUGH` set, tests that sample take everything.
fn thorough() -> bool {
    std::env::var_os("TIDEGATE_THOROUGH").is_some()
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
                .map(|rule| &world().book().rules[rule.as_str()].consulted)
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
    let strategy = (any::<prop::sample::Index>(), any::<u64>(), 1..=4u32);
    for_all(160, &strategy, |(flow, seed, rate)| {
        let flow = flow.get(&flows);
        let mut number = random::numbers(seed);
        let mut removed = flow.facts.clone();
        let mut names = Vec::new();
        for spot in &known(&flow.facts) {
            if number() % 8 < rate {
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
    let mut wanted: Vec<(usize, &str, &Judged, Spot)> = Vec::new();
    let mut never = Vec::new();
    for (number, (id, rule)) in world().book().rules.iter().enumerate() {
        // `principal`, `action` and `resource` themselves are no facts that could be unknown, and may satisfy a rule without one.
        let facts: Vec<Option<(Root, &str)>> = rule.consulted.satisfied.iter().map(|fact| place(fact)).collect();
        let [Some((root, path))] = facts.as_slice() else { continue };
        let before = wanted.len();
        for flow in &permitted {
            let satisfied =
                flow.decisions.iter().find(|decision| decision.outcomes[number].status == Status::Satisfied);
            if let Some(decision) = satisfied.filter(|_| wanted.len() < before + FLOWS) {
                let index = match root {
                    Root::Principal => decision.item,
                    Root::Contract => decision.contract,
                    Root::Resource | Root::Flow | Root::Places => 0,
                };
                wanted.push((number, &**id, flow, (*root, index, (*path).to_owned())));
            }
        }
        if wanted.len() == before {
            never.push(&**id);
        }
    }
    let faults: Vec<String> = wanted
        .par_iter()
        .flat_map_iter(|(number, id, flow, spot)| {
            let removals = remove(&flow.facts, &flow.decisions, std::slice::from_ref(spot));
            let fact = name(spot.0, &spot.2);
            removals.into_iter().filter_map(move |removal| {
                let hangs = removal
                    .requests
                    .iter()
                    .map(|(_, after)| &after.outcomes[*number])
                    .any(|outcome| outcome.status == Status::Undetermined && outcome.unknown.contains(&fact));
                let (name, verdict) = (&flow.name, removal.verdict.word());
                (!hangs || removal.verdict == Verdict::Permitted).then(|| {
                    format!(
                        "{name}: {verdict} without {fact}, and {id} {} on it",
                        if hangs { "hangs" } else { "does not hang" }
                    )
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
    let strategy = (any::<prop::sample::Index>(), any::<u64>());
    let seen: Mutex<BTreeSet<(&str, &str)>> = Mutex::default();
    for_all(160, &strategy, |(flow, seed)| {
        let example = &flow.get(example_flows()).facts;
        let mut faults = Vec::new();
        let mut number = random::numbers(!seed);
        for whole in [random::made_up(start, seed), random::completed(example, seed)] {
            let mut partial = whole.clone();
            for spot in &known(&whole) {
                if number().is_multiple_of(8) {
                    set(&mut partial, spot, Value::Unknown);
                }
            }
            let decided = judge().decide_all(&[whole.clone(), partial]);
            for (certain, partial) in decided[0].iter().zip(&decided[1]) {
                let concrete = oracle.statuses(&whole, certain.item, certain.contract);
                for ((rule, certain, partial), truth) in changes(certain, partial).zip(concrete) {
                    seen.lock().expect("no test panics with the lock").insert((rule.id.as_ref(), truth.word()));
                    if certain.status != truth {
                        let (said, truth) = (certain.status.word(), truth.word());
                        faults.push(format!(
                            "{} is {said} by partial evaluation, {truth} by ordinary authorization",
                            rule.id
                        ));
                    }
                    if !may_become(truth, partial.status) {
                        let (said, truth) = (partial.status.word(), truth.word());
                        faults.push(format!(
                            "{} is {said} while facts are unknown, {truth} once they are known",
                            rule.id
                        ));
                    }
                }
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(TestCaseError::fail(list(&faults))) }
    });
    // Where facts that are made up miss a case, a scenario has it.
    let seen = seen.into_inner().expect("no test panics with the lock");
    for (number, id) in world().book().rules.keys().enumerate() {
        for status in [Status::Violated, Status::Satisfied] {
            if seen.contains(&(&**id, status.word())) {
                continue;
            }
            let case = scenario_flows().iter().find_map(|flow| {
                let decision = flow.decisions.iter().find(|decision| decision.outcomes[number].status == status)?;
                Some((flow, decision))
            });
            let (flow, decision) = case.expect("every rule has a scenario that violates it and one that satisfies it");
            let whole = random::completed(&flow.facts, 0);
            let truth = oracle.statuses(&whole, decision.item, decision.contract)[number];
            assert_eq!(truth, status, "{id} in {}: partial and ordinary evaluation differ", flow.name);
        }
    }
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

/// Keys whose absence is itself a statement, so that deleting them tells another story instead of leaving it open.
/// A key stands here only while the deletion test would fail without it.
const STATEMENTS: &[(Part, &str, &str)] = &[
    (
        Part::Integration,
        "/flows/*/data/*/status",
        "it is a claim of the sender's; without it the item counts as identified, or pseudonymised where treated",
    ),
    (Part::Integration, "/flows/*/consents/*/expires", OPEN_END),
    (Part::Integration, "/flows/*/consents/*/withdrawn", "no record shows that a withdrawal is missing from it"),
    (Part::Integration, "/flows/*/data/*/treatment", STRICTER),
    (Part::Integration, "/flows/*/data/*/treatment/assessment", STRICTER),
    (Part::Integration, "/flows/*/data/*/treatment/assessment/expires", OPEN_END),
    (Part::Integration, "/flows/*/data/*/treatment/assessment/recipient_can_identify", STRICTER),
    (Part::Integration, "/flows/*/evidence", NO_PAPER),
    (Part::Integration, "/flows/*/evidence/*", NO_PAPER),
    (Part::Integration, "/flows/*/evidence/*/expires", OPEN_END),
    (Part::Contract, "/clauses/ai_use/notice_days", NOT_ASKED),
    (Part::Contract, "/clauses/audit", NOT_ASKED),
    (
        Part::Contract,
        "/clauses/confidentiality",
        "without the clause, only business secrets raise the question; what may become of other data, the other clauses say",
    ),
    (Part::Contract, "/clauses/deletion/certificate", NOT_ASKED),
    (Part::Contract, "/clauses/model_developer", NOT_ASKED),
    (Part::Contract, "/clauses/model_developer/countries", NOT_ASKED),
    (Part::Contract, "/clauses/model_developer/excluded", NOT_ASKED),
    (Part::Contract, "/clauses/output", NOT_ASKED),
    (Part::Contract, "/clauses/oversight", NOT_ASKED),
    (Part::Contract, "/clauses/sub_processors/objection_days", NOT_ASKED),
    (Part::Contract, "/clauses/transfer", NOT_ASKED),
    (Part::Contract, "/consents/*/expires", OPEN_END),
    (Part::Contract, "/effective/to", OPEN_END),
    (Part::Agreement, "/options", STRICTER),
    (Part::Agreement, "/options/*", STRICTER),
    (Part::Agreement, "/options/*/expires", OPEN_END),
    (Part::Agreement, "/papers", NO_PAPER),
    (Part::Agreement, "/papers/*", NO_PAPER),
    (Part::Agreement, "/papers/*/expires", OPEN_END),
    (Part::Agreement, "/papers/*/access_control", STRICTER),
];
const NOT_ASKED: &str = "a contract that does not mention it plainly asks for nothing";
const STRICTER: &str = "without it the strict reading of the law holds for certain, where the law was open before";
const OPEN_END: &str = "a paper without a last day holds until it is ended; that is what the document then says";
const NO_PAPER: &str = "what is not on record has not happened: without the paper the manifest says that there is none, \
    and a paper may also speak against the flow";

/// A key whose deletion makes a verdict better.
struct Improvement {
    part: Part,
    pattern: String,
    sentence: String,
}

fn improvements(papers: &Papers, part: Part, pointers: &[String]) -> Vec<Improvement> {
    let Some(json) = part.of(papers) else { return Vec::new() };
    let before = papers.opened().verdicts();
    let flows = &papers.integration["flows"];
    pointers
        .par_chunks(24)
        .flat_map_iter(|pointers| {
            let mut facts: Vec<FlowFacts> = Vec::new();
            let mut valid: Vec<&String> = Vec::new();
            for pointer in pointers {
                // An invalid document judges nothing.
                if let Ok(case) = part.replaced(papers, without(json, pointer)).open() {
                    facts.extend(case.facts());
                    valid.push(pointer);
                }
            }
            let verdicts = judge().verdicts(facts);
            let after = valid.into_iter().zip(verdicts.chunks(before.len()));
            let better = after.filter_map(|(pointer, after)| {
                let (flow, (before, after)) =
                    before.iter().zip(after).enumerate().find(|(_, (before, after))| rank(**after) < rank(**before))?;
                let (name, flow) = (&papers.name, flows[flow]["id"].as_str().unwrap_or_default());
                let sentence = format!(
                    "{name} › {flow}: {} without {pointer} of the {part:?}, {} with it",
                    after.word(),
                    before.word()
                );
                Some(Improvement { part, pattern: pattern(pointer), sentence })
            });
            better.collect::<Vec<_>>()
        })
        .collect()
}

/// Every key of the examples, of the contracts with `silence: ask` and the agreements that bear on them, and of the given
/// documents; terms of the services that the examples use; in scenarios, the keys that the scenario itself states.
fn found() -> &'static [Improvement] {
    static FOUND: OnceLock<Vec<Improvement>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let mut work: Vec<(Papers, Part, Vec<String>)> = Vec::new();
        // Many examples use the same services: each tries another part of their terms.
        let turns = if thorough() { 1 } else { 5 };
        for (turn, papers) in world().examples().into_iter().enumerate() {
            for (part, json) in beside(&papers) {
                let all = keys(&json);
                work.push((part.replaced(&papers, json), part, all));
            }
            for (json, terms) in used_services(&papers) {
                let terms = terms.into_iter().skip(turn % turns).step_by(turns).collect();
                work.push((Part::Profile.replaced(&papers, json), Part::Profile, terms));
            }
            let all = keys(&papers.integration);
            work.push((papers, Part::Integration, all));
        }
        for papers in world().given() {
            for part in [Part::Integration, Part::Contract, Part::Agreement, Part::Profile] {
                let all = part.of(&papers).map(keys).unwrap_or_default();
                work.push((papers.clone(), part, all));
            }
        }
        for (scenario, papers) in world().changed() {
            let start = world().start_of(scenario);
            for (key, patch) in &scenario.block.change {
                let (part, at) = changed_part(key, &papers);
                let Some(json) =
                    part.of(&papers).filter(|json| part != Part::Contract || json["silence"] == Silence::Ask.word())
                else {
                    continue;
                };
                // What a patch only repeats is tried with the given documents.
                let given = part.of(&start).unwrap_or(&Json::Null);
                let new = |pointer: &String| {
                    let stated = json.pointer(pointer);
                    stated.is_some() && stated != given.pointer(pointer)
                };
                let stated = keys(patch).iter().map(|pointer| format!("{at}{pointer}")).filter(new).collect();
                work.push((papers.clone(), part, stated));
            }
        }
        work.par_iter().flat_map_iter(|(papers, part, pointers)| improvements(papers, *part, pointers)).collect()
    })
}

/// Which document a scenario's `change` is about, and where in it.
fn changed_part(key: &str, papers: &Papers) -> (Part, String) {
    match key {
        "integration" => (Part::Integration, String::new()),
        "flow" => (Part::Integration, "/flows/0".to_owned()),
        "contract" => (Part::Contract, String::new()),
        "agreement" => (Part::Agreement, String::new()),
        _ => {
            let service = papers.integration["flows"][0]["service"].as_str().unwrap_or_default();
            (Part::Profile, format!("/services/{}", service.split('/').nth(1).unwrap_or_default()))
        }
    }
}

/// The contracts with `silence: ask` and the agreements that bear on an example.
fn beside(papers: &Papers) -> Vec<(Part, Json)> {
    let flows = papers.integration["flows"].as_array().expect("flows");
    let contracts = named(papers).into_iter().filter_map(|id| papers.base.contracts.get(&id));
    let contracts = contracts.filter(|known| known.model.silence == Silence::Ask);
    let used = |service: &String| flows.iter().any(|flow| flow["service"] == **service);
    let agreements = papers.base.agreements.values().filter(|known| known.model.services.iter().any(used));
    contracts
        .map(|known| (Part::Contract, known.document.node.to_json()))
        .chain(agreements.map(|known| (Part::Agreement, known.document.node.to_json())))
        .collect()
}

/// The contracts that the flows name.
fn named(papers: &Papers) -> BTreeSet<String> {
    let flows = papers.integration["flows"].as_array().into_iter().flatten();
    let ids = flows.flat_map(|flow| flow["contracts"].as_array().into_iter().flatten()).filter_map(Json::as_str);
    ids.filter(|id| *id != NONE).map(str::to_owned).collect()
}

/// The profile of each service that the flows use, without the services that have no part in it, and the pointers to its terms.
/// Where a base service has the same term, deleting it inherits that one, which is no removal.
fn used_services(papers: &Papers) -> Vec<(Json, Vec<String>)> {
    let flows = papers.integration["flows"].as_array().expect("flows");
    let services: BTreeSet<&str> = flows.iter().filter_map(|flow| flow["service"].as_str()).collect();
    let mut used = Vec::new();
    for service in services {
        let view = papers.base.service(service).expect("a known service");
        let layers: BTreeSet<&String> = view.layers.iter().map(|(key, _)| key).collect();
        let mut profile = view.profile.document.node.to_json();
        profile["services"].as_object_mut().expect("services").retain(|key, _| layers.contains(key));
        let provider = &view.profile.model.id;
        let alone = flows.iter().filter_map(|flow| flow["service"].as_str()?.strip_prefix(&format!("{provider}/")));
        if alone.collect::<BTreeSet<&str>>().len() > 1 {
            profile = view.profile.document.node.to_json();
        }
        // What shows the use of a provider in code names services and providers that are left out here, and decides nothing.
        profile.as_object_mut().expect("a profile").remove("traces");
        let terms = view.layers.iter().flat_map(|(key, service)| {
            let all = keys(&Json::Object(service.terms.clone()));
            let facts = all.into_iter().filter(|pointer| {
                let fact = format!("/services/{key}/terms{pointer}");
                profile.pointer(&fact).is_some_and(|json| json.is_object() || pointer.contains("/valid_"))
            });
            let below: Vec<&String> = layers.iter().copied().filter(|layer| *layer != key).collect();
            facts
                .filter(|pointer| {
                    below.iter().all(|layer| profile.pointer(&format!("/services/{layer}/terms{pointer}")).is_none())
                })
                .map(|pointer| format!("/services/{key}/terms{pointer}"))
                .collect::<Vec<String>>()
        });
        used.push((profile.clone(), terms.collect()));
    }
    used
}

#[test]
fn deleting_a_key_improves_nothing() {
    let stated = |found: &Improvement| {
        STATEMENTS.iter().any(|(part, pattern, _)| *part == found.part && *pattern == found.pattern)
    };
    let faults: Vec<String> =
        found().iter().filter(|found| !stated(found)).map(|found| found.sentence.clone()).collect();
    assert!(
        faults.is_empty(),
        "What a document does not say must never help. Take a favourable default out of policies/schema.cedarschema (@absent, @stated) \
         or of `resolve`, make the key required, or, where its absence is a statement of its own, list it in STATEMENTS with the reason.\n{}",
        list(&faults)
    );
}

#[test]
fn statements_are_no_longer_listed_than_needed() {
    let unused: Vec<String> = STATEMENTS
        .iter()
        .filter(|(part, pattern, _)| !found().iter().any(|found| found.part == *part && found.pattern == *pattern))
        .map(|(part, pattern, reason)| format!("{part:?} {pattern} ({reason})"))
        .collect();
    assert!(
        unused.is_empty(),
        "Deleting these keys improves no verdict. Take them out of STATEMENTS.\n{}",
        list(&unused)
    );
}

/// The documents of a scenario are put together here a second time; this shows that they are the same.
#[test]
fn scenarios_are_those_of_their_pages() {
    let differing: Vec<String> = scenario_flows()
        .iter()
        .zip(&world().scenarios)
        // What only advises on the day of the scenario counts here.
        .filter(|(_, scenario)| scenario.block.advised.is_empty())
        .filter(|(flow, scenario)| flow.verdict.word() != scenario.block.expect)
        .map(|(flow, scenario)| format!("{}: {}, expected {}", flow.name, flow.verdict.word(), scenario.block.expect))
        .collect();
    assert!(
        differing.is_empty(),
        "Where `tidegate test tests/scenarios` passes, tests/support/world.rs no longer does what src/scenario/run.rs does.\n{}",
        list(&differing)
    );
}

// ---- Clauses ---------------------------------------------------------------------------------------------------------

/// Bodies of each clause, from the most permissive to the most restrictive. Clauses that cannot be ordered have several lists.
fn ladders() -> Vec<(&'static str, Vec<Json>)> {
    let vocabulary = &world().workspace.knowledge.vocabulary;
    let words = |term_type: TermType| vocabulary.terms(term_type).map(|(id, _)| id.clone()).collect::<Vec<String>>();
    let permission = || ["allowed", "with-consent", "prohibited"].map(|word| json!({ "permission": word })).to_vec();
    let own_use = |word: &str| ["allowed", word, "prohibited"].map(|word| json!({ "permission": word })).to_vec();
    let place = || {
        vec![
            json!({ "restricted": false }),
            json!({ "countries": words(TermType::Country) }),
            json!({ "countries": ["EEA", "US"] }),
            json!({ "countries": ["EEA"] }),
            json!({ "countries": [] }),
        ]
    };
    let providers: Vec<&String> = world().workspace.knowledge.profiles.keys().collect();
    let general = |days: u32| json!({ "authorisation": "general", "notice_days": days });
    let none = json!({ "authorisation": "none" });
    vec![
        ("third_parties", permission()),
        ("confidentiality", permission()),
        (
            "confidentiality",
            vec![
                json!({ "permission": "prohibited", "classes": [] }),
                json!({ "permission": "prohibited", "classes": ["org.confidential"] }),
                json!({ "permission": "prohibited" }),
            ],
        ),
        ("customer_identity", [true, false].map(|allowed| json!({ "allowed": allowed })).to_vec()),
        ("ai_use", permission()),
        (
            "ai_use",
            vec![
                json!({ "permission": "allowed" }),
                json!({ "permission": "named", "named": providers }),
                json!({ "permission": "named", "named": [] }),
                json!({ "permission": "prohibited" }),
            ],
        ),
        ("ai_use", [0, 30, 3650].map(|days| json!({ "permission": "allowed", "notice_days": days })).to_vec()),
        ("training", own_use("with-consent")),
        ("training", own_use("customer-only")),
        ("training", own_use("deidentified-only")),
        ("improvement", own_use("with-consent")),
        ("improvement", own_use("customer-only")),
        ("improvement", own_use("deidentified-only")),
        ("baa", ["allowed", "with-notice", "prohibited"].map(|word| json!({ "subcontracting": word })).to_vec()),
        ("baa", ["allowed", "with-permission", "prohibited"].map(|word| json!({ "subcontracting": word })).to_vec()),
        ("sub_processors", vec![general(0), general(30), general(3650), none.clone()]),
        ("sub_processors", vec![general(0), json!({ "authorisation": "specific" }), none.clone()]),
        (
            "sub_processors",
            vec![
                general(0),
                json!({ "authorisation": "specific", "general_onward_accepted": true }),
                json!({ "authorisation": "specific" }),
                none.clone(),
            ],
        ),
        (
            "sub_processors",
            [0, 30, 3650]
                .map(|days| json!({ "authorisation": "general", "notice_days": 0, "objection_days": days }))
                .to_vec(),
        ),
        (
            "sub_processors",
            vec![
                general(0),
                json!({ "authorisation": "named", "named": providers }),
                json!({ "authorisation": "named", "named": [] }),
                none,
            ],
        ),
        ("processing_location", place()),
        ("storage_location", place()),
        ("access_location", place()),
        (
            "data_classes",
            [json!([]), json!(["user.health_and_medical"]), json!(["user"]), json!(["data"])]
                .map(|set| json!({ "excluded": set }))
                .to_vec(),
        ),
        (
            "purposes",
            [json!(["any"]), json!(["customer-support"]), json!([])].map(|set| json!({ "allowed": set })).to_vec(),
        ),
        ("deidentification", ["optional", "required"].map(|word| json!({ "requirement": word })).to_vec()),
        ("deidentification", ["optional", "prohibited"].map(|word| json!({ "requirement": word })).to_vec()),
        (
            "deidentification",
            [true, false].map(|may| json!({ "requirement": "optional", "use_by_recipients": may })).to_vec(),
        ),
        (
            "retention",
            [(36_500, true), (36_500, false), (60, false), (30, false), (0, false)]
                .map(|(days, exceptions)| json!({ "max_days": days, "exceptions_accepted": exceptions }))
                .to_vec(),
        ),
        ("deletion", [36_500, 60, 30, 0].map(|days| json!({ "within_days": days })).to_vec()),
        (
            "deletion",
            [false, true].map(|certificate| json!({ "within_days": 36_500, "certificate": certificate })).to_vec(),
        ),
        (
            "security",
            vec![
                json!({ "certificates": [] }),
                json!({ "certificates": ["iso-27001"] }),
                json!({ "certificates": words(TermType::Certificate) }),
            ],
        ),
        ("audit", ["none", "reports", "on-site"].map(|right| json!({ "right": right })).to_vec()),
        (
            "transfer",
            vec![
                json!({ "restricted": false }),
                json!({ "mechanisms": world().catalogue().lists["Mechanism"] }),
                json!({ "mechanisms": ["scc"] }),
                json!({ "mechanisms": [] }),
            ],
        ),
        ("output", [false, true].map(|required| json!({ "rights_required": required })).to_vec()),
        ("oversight", [false, true].map(|required| json!({ "required": required })).to_vec()),
        (
            "model_developer",
            vec![
                json!({ "countries": [] }),
                json!({ "countries": words(TermType::Country) }),
                json!({ "countries": ["US"] }),
            ],
        ),
        (
            "model_developer",
            vec![
                json!({ "excluded": [] }),
                json!({ "excluded": ["CN"] }),
                json!({ "excluded": words(TermType::Country) }),
            ],
        ),
        ("breach_notice", [87_600, 72, 24, 0].map(|hours| json!({ "hours": hours })).to_vec()),
        (
            "environments",
            vec![
                json!({ "excluded": [] }),
                json!({ "excluded": ["development"] }),
                json!({ "excluded": world().catalogue().lists["Environment"] }),
            ],
        ),
    ]
}

/// With `silence: permit` only. With `silence: ask`, a clause answers a question, and may well improve a verdict.
#[test]
fn adding_or_tightening_a_clause_improves_nothing() {
    let ladders = ladders();
    let clauses: BTreeSet<&str> = world()
        .catalogue()
        .of(Root::Contract)
        .filter(|(_, decl)| !decl.computed)
        .map(|(path, _)| path.split('.').next().unwrap_or(path))
        .collect();
    let known: BTreeSet<&str> = ladders.iter().map(|(clause, _)| *clause).collect();
    assert_eq!(
        clauses, known,
        "Give each clause of the catalogue its steps in `ladders`, from permissive to restrictive."
    );

    let faults: Vec<String> = permitting()
        .par_iter()
        .flat_map_iter(|papers| ladders.iter().map(move |ladder| (papers, ladder)))
        .flat_map_iter(|(papers, (clause, steps))| {
            let mut contract = papers.contract.clone().expect("a contract");
            let mut before = papers.opened().verdicts();
            let mut last = "silence".to_owned();
            let mut faults = Vec::new();
            // A contract that has the clause already starts from it: only the steps from `silence` on are tested.
            if contract["clauses"].get(clause).is_some() {
                return faults;
            }
            for step in steps {
                let mut body = step.clone();
                body["ref"] = json!("§ 1");
                contract["clauses"][clause] = body;
                let after = Part::Contract.replaced(papers, contract.clone()).opened().verdicts();
                if before.iter().zip(&after).any(|(before, after)| after < before) {
                    faults.push(format!("{}: {clause}: {step} is better than {last}", papers.name));
                }
                before = after;
                last = step.to_string();
            }
            faults
        })
        .collect();
    assert!(
        faults.is_empty(),
        "A contract's clause restricts. Look at the rules that consult it, and at @stated and @silent_permit in policies/schema.cedarschema.\n{}",
        list(&faults)
    );
}

/// Examples and given documents whose contract permits what it does not mention: one without clauses, one with its own.
fn permitting() -> Vec<Papers> {
    let mut starts = Vec::new();
    for papers in world().examples() {
        for id in named(&papers) {
            let contract = papers.base.contracts[&id].document.node.to_json();
            starts.push(Part::Contract.replaced(&papers, contract));
        }
    }
    starts.extend(world().given());
    starts
        .into_iter()
        .flat_map(|papers| {
            let Some(mut own) = papers.contract.clone() else { return Vec::new() };
            let permits = own["silence"] == Silence::Permit.word();
            own["silence"] = json!(Silence::Permit.word());
            let mut empty = own.clone();
            empty["clauses"] = json!({});
            let empty = Part::Contract.replaced(&papers, empty);
            if permits { vec![empty, Part::Contract.replaced(&papers, own)] } else { vec![empty] }
        })
        .collect()
}

/// The terms that hold when a feature is used hold for the whole flow, so using one more feature must not make a provider's terms
/// better than they were known to be.
#[test]
fn using_one_more_feature_mends_no_violation() {
    let start = world().given().remove(0);
    let faults: Vec<String> = world()
        .workspace
        .knowledge
        .services()
        .par_iter()
        .flat_map_iter(|service| {
            let view = world().workspace.knowledge.service(service).expect("a service");
            let features = view.keys(|service| &service.features);
            let location = view.keys(|service| &service.locations)[0];
            let with = |features: &[&str]| {
                let mut papers = start.clone();
                let flow = &mut papers.integration["flows"][0];
                flow["service"] = json!(service);
                flow["location"] = json!(location);
                flow["options"] = json!([]);
                flow["features"] = json!(features);
                (papers.agreement, papers.profile) = (None, None);
                judged(&[papers]).remove(0)
            };
            let sets = |feature: &&str| {
                view.find(|service| service.features.get(*feature)).is_some_and(|(_, feature)| !feature.sets.is_empty())
            };
            let alone: Vec<Judged> = features.iter().map(|feature| with(&[feature])).collect();
            let mut faults = Vec::new();
            for (first, alone) in features.iter().zip(&alone) {
                for second in features.iter().copied().filter(sets).filter(|second| second != first) {
                    let both = with(&[*first, second]);
                    for (before, after) in alone.decisions.iter().zip(&both.decisions) {
                        for (rule, before, after) in changes(before, after) {
                            if before.status == Status::Violated && after.status < Status::Undetermined {
                                faults.push(format!(
                                    "{service}: {} holds with {first} and {second}, not with {first}",
                                    rule.id
                                ));
                            }
                        }
                    }
                }
            }
            faults
        })
        .collect();
    assert!(
        faults.is_empty(),
        "What a feature sets must not be better than what holds without it; make it an option that `excludes` the other features.\n{}",
        list(&faults)
    );
}

// ---- Reading less ----------------------------------------------------------------------------------------------------

/// What a check leaves out could not have applied: on every scenario and example, the rules of a law that the flow does not name.
#[test]
fn rules_of_other_laws_never_apply() {
    let book = world().book();
    let faults: Vec<String> = scenario_flows()
        .iter()
        .chain(example_flows())
        .flat_map(|flow| {
            let laws = flow.facts.flow().laws.clone().unwrap_or_default();
            book.rules.iter().enumerate().filter_map(move |(number, (id, rule))| {
                let law = book.packs.get(rule.pack())?.law.as_ref()?;
                let applies = |decision: &Decision| decision.outcomes[number].status != Status::NotApplicable;
                (!laws.contains(law) && flow.decisions.iter().any(applies)).then(|| format!("{}: {id}", flow.name))
            })
        })
        .collect();
    assert!(faults.is_empty(), "A pack's `law` must be asked for by each of its rules.\n{}", list(&faults));
}

fn run(detail: Detail) -> Run<'static> {
    Run {
        moment: Moment::On(day(AS_OF)),
        absent: Absent::NotDone,
        gate: Gate::default(),
        manner: Manner { detail, progress: &|_| {} },
    }
}

/// A check that reads only what the manifests name gives the same answers as one that reads everything.
#[test]
fn reading_only_what_is_named_changes_no_answer() {
    let mut problems = Vec::new();
    let manifests = load::manifests_under(&[PathBuf::from("examples")], &Exclude::default(), &mut problems);
    assert!(problems.is_empty() && !manifests.is_empty(), "the shipped files are not readable: {problems:?}");
    let answers = |reach: Reach, manifest: &Path| {
        let folders = Folders { contracts: vec![PathBuf::from("contracts")], ..Folders::default() };
        let texts = |_: &mut Vec<Problem>| vec![load::read(manifest).expect("a readable manifest")];
        let (workspace, manifests) = Workspace::open(&folders, reach, texts).expect("valid documents");
        let report = evaluate(&workspace, &manifests, run(Detail::Findings)).expect("a report");
        (report.flows, workspace.book.rules.len())
    };
    manifests.par_iter().for_each(|manifest| {
        let (named, all) = (answers(Reach::Named, manifest), answers(Reach::All, manifest));
        assert!(named.0 == all.0, "{} is judged otherwise where less is read", manifest.display());
        assert!(named.1 < all.1, "{} names every law, so nothing was left out", manifest.display());
    });
}

// ---- Bytes -----------------------------------------------------------------------------------------------------------

#[test]
fn the_order_of_files_changes_no_byte() {
    let mut problems = Vec::new();
    let manifests = load::manifests_under(&[PathBuf::from("examples")], &Exclude::default(), &mut problems);
    let contracts = load::documents_under(&[PathBuf::from("contracts")], &[], &mut problems);
    assert!(problems.is_empty(), "the shipped files are not readable: {problems:?}");
    let expected = json_of(&manifests, &contracts);
    type Order = fn(&mut Vec<PathBuf>);
    let orders: [(&str, Order); 4] = [
        ("the same order", |_| {}),
        ("the reverse order", |paths| paths.reverse()),
        ("a rotated order", |paths| paths.rotate_left(7)),
        ("the order of the digests of their names", |paths| paths.sort_by_key(|path| digest_of(path))),
    ];
    for (name, order) in orders {
        let (mut manifests, mut contracts) = (manifests.clone(), contracts.clone());
        order(&mut manifests);
        order(&mut contracts);
        assert!(
            json_of(&manifests, &contracts) == expected,
            "{name} of files gives other bytes; sort what `report` and `pipeline` list"
        );
    }
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    assert!(
        alone.install(|| json_of(&manifests, &contracts)) == expected,
        "one thread gives other bytes than several; keep the order of the flows where work is shared out"
    );
}

fn digest_of(path: &Path) -> String {
    SourceFile::new("", path.display().to_string(), false).sha256()
}

fn json_of(manifests: &[PathBuf], contracts: &[PathBuf]) -> String {
    let folders = Folders { contracts: contracts.to_vec(), ..Folders::default() };
    let texts =
        |_: &mut Vec<Problem>| manifests.iter().map(|path| load::read(path).expect("a readable manifest")).collect();
    let (workspace, manifests) = Workspace::open(&folders, Reach::All, texts).expect("valid documents");
    let report = evaluate(&workspace, &manifests, run(Detail::All)).expect("a report");
    render::json::render(&report).expect("JSON")
}

// ---- No exemptions ---------------------------------------------------------------------------------------------------

/// A proof of concept is no exemption, nor is a gateway. Only a contract may rule environments out.
#[test]
fn environment_and_gateway_exempt_from_nothing() {
    const EXCLUDED: &str = "context.contract.environments.excluded";
    let mut changed = Vec::new();
    for environment in &world().catalogue().lists["Environment"] {
        for gateway in [Value::Bool(true), Value::Bool(false), Value::Unknown] {
            changed.push((environment, gateway));
        }
    }
    let faults: Vec<String> = example_flows()
        .par_iter()
        .flat_map_iter(|flow| {
            let variants: Vec<FlowFacts> = changed
                .iter()
                .map(|(environment, gateway)| {
                    let mut variant = flow.facts.clone();
                    set(&mut variant, &(Root::Flow, 0, "environment".to_owned()), Value::Name((*environment).clone()));
                    set(&mut variant, &(Root::Flow, 0, "controls.gateway".to_owned()), gateway.clone());
                    variant
                })
                .collect();
            let mut faults = Vec::new();
            for ((environment, gateway), decisions) in changed.iter().zip(judge().decide_all(&variants)) {
                for (before, after) in flow.decisions.iter().zip(&decisions) {
                    let excluded = flow.facts.fact(EXCLUDED, before.item, before.contract).map(|fact| &fact.value);
                    let excludes = matches!(excluded, Some(Value::Set(words)) if !words.is_empty());
                    for (rule, before, after) in changes(before, after) {
                        let clause = excludes && rule.consulted.satisfied.contains(EXCLUDED);
                        if before.status != after.status && !clause {
                            faults
                                .push(format!("{}: {} minds {environment} or gateway {gateway:?}", flow.name, rule.id));
                        }
                    }
                }
            }
            faults
        })
        .collect();
    assert!(faults.is_empty(), "Neither may relax or tighten a rule; take the fact out of these.\n{}", list(&faults));
}

/// Nor is the size of the company: there is no place to state it.
#[test]
fn a_manifest_cannot_state_the_size_of_the_company() {
    for papers in world().given() {
        for key in ["size", "employees", "headcount", "revenue"] {
            let mut papers = papers.clone();
            papers.integration["organisation"][key] = json!("small");
            assert!(papers.open().is_err(), "`organisation.{key}` is accepted; no rule may ask how large a company is");
        }
    }
}
