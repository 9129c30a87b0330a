//! The files for Cedar's own command line, decided here by ordinary Cedar: concrete entities, strict schema, no partial evaluation.
//! `tests/outside/cedar.sh` does the same with the command line itself.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/world.rs"]
#[allow(dead_code, reason = "the property tests use all of it")]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use cedar_policy::{
    Authorizer, Context, Decision as Answer, Entities, EntityUid, PolicyId, PolicySet, Request, Schema, ValidationMode,
    Validator,
};
use serde_json::Value as Json;
use tidegate::decide::{Decision, Status, export};
use tidegate::pipeline::cedar_files;
use tidegate::resolve::{Absent, FlowFacts};
use world::{AS_OF, day, judge, world};

/// The policy that permits what no rule forbids.
const PERMITTED: &str = "permitted-unless-forbidden";

type Files = BTreeMap<String, String>;

/// The files of the examples and the facts behind them.
fn examples() -> &'static (Files, Vec<FlowFacts>) {
    static EXAMPLES: OnceLock<(Files, Vec<FlowFacts>)> = OnceLock::new();
    EXAMPLES.get_or_init(exported)
}

fn exported() -> (Files, Vec<FlowFacts>) {
    let files = cedar_files(&world().workspace, &world().manifests, day(AS_OF), Absent::NotDone).expect("files");
    let mut papers = world().examples();
    papers.sort_by_key(|papers| papers.integration["id"].to_string());
    (files, papers.iter().flat_map(|papers| papers.opened().facts()).collect())
}

/// What a stranger has: policies under the ids of their annotation, as Cedar's command line gives them, and a schema.
struct Stranger {
    policies: PolicySet,
    schema: Schema,
}

impl Stranger {
    fn new(files: &Files) -> Self {
        let written: PolicySet = files["policies.cedar"].parse().expect("policies");
        let named =
            written.policies().map(|policy| policy.new_id(PolicyId::new(policy.annotation("id").expect("an id"))));
        let policies = PolicySet::from_policies(named).expect("ids are unique");
        let (schema, warnings) = Schema::from_cedarschema_str(&files["schema.cedarschema"]).expect("a schema");
        let warnings: Vec<String> = warnings.map(|warning| warning.to_string()).collect();
        assert!(warnings.is_empty(), "{warnings:?}");
        Self { policies, schema }
    }

    /// The decision and its reasons, and no error.
    fn decide(&self, test: &Json) -> (Answer, BTreeSet<String>) {
        let uid =
            |key: &str| -> EntityUid { test["request"][key].as_str().expect("an entity").parse().expect("a uid") };
        let context = test["request"]["context"].clone();
        let context = Context::from_json_value(context, Some((&self.schema, &uid("action")))).expect("a context");
        let schema = Some(&self.schema);
        let request =
            Request::new(uid("principal"), uid("action"), uid("resource"), context, schema).expect("a request");
        let entities = Entities::from_json_value(test["entities"].clone(), schema).expect("entities");
        let response = Authorizer::new().is_authorized(&request, &self.policies, &entities);
        let errors: Vec<String> = response.diagnostics().errors().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", test["name"]);
        (response.decision(), response.diagnostics().reason().map(|id| AsRef::<str>::as_ref(id).to_owned()).collect())
    }
}

fn strings(list: &Json) -> BTreeSet<String> {
    list.as_array().expect("a list").iter().map(|word| word.as_str().expect("a text").to_owned()).collect()
}

fn of_status(decision: &Decision, status: Status) -> BTreeSet<String> {
    let outcomes = world().book().rules.keys().zip(&decision.outcomes);
    outcomes.filter(|(_, outcome)| outcome.status == status).map(|(id, _)| id.to_string()).collect()
}

/// Every request is listed as it was decided, and decided again. Gives how often which answer came.
fn check(files: &Files, flows: &[FlowFacts]) -> BTreeMap<String, usize> {
    let stranger = Stranger::new(files);
    let requests: Json = serde_json::from_str(&files["requests.json"]).expect("JSON");
    let tests: Vec<Json> = serde_json::from_str(&files["tests.json"]).expect("JSON");
    let mut by_name: BTreeMap<&str, &Json> =
        tests.iter().map(|test| (test["name"].as_str().expect("a name"), test)).collect();
    assert_eq!(by_name.len(), tests.len(), "names are unique");
    let decided = judge().decide_all(flows);
    let decisions: Vec<(&FlowFacts, &Decision)> =
        flows.iter().zip(&decided).flat_map(|(flow, decisions)| decisions.iter().map(move |d| (flow, d))).collect();
    let list = requests["list"].as_array().expect("a list");
    assert_eq!(list.len(), decisions.len(), "every request is listed");
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (request, (flow, decision)) in list.iter().zip(decisions) {
        let name = &request["name"];
        let (violated, undetermined) = (strings(&request["violated"]), strings(&request["undetermined"]));
        assert_eq!(request["integration"], flow.manifest.model.id);
        assert_eq!(request["flow"], flow.flow().id);
        assert_eq!(violated, of_status(decision, Status::Violated), "{name}");
        assert_eq!(undetermined, of_status(decision, Status::Undetermined), "{name}");
        let answer = match (violated.is_empty(), undetermined.is_empty()) {
            (_, true) => "whole",
            (false, false) => "violations",
            (true, false) => "open",
        };
        assert_eq!(request["answer"], answer, "{name}");
        *counts.entry(answer.to_owned()).or_default() += 1;
        let of_request = strings(&request["tests"]);
        let unknown = !strings(&request["unknown"]).is_empty();
        assert_eq!(of_request.len(), if answer == "open" { 0 } else { 1 + usize::from(unknown) }, "{name}");
        for name in of_request {
            let test = by_name.remove(name.as_str()).expect("a test of the request alone");
            let (decision, mut reasons) = stranger.decide(test);
            let expected = if violated.is_empty() { Answer::Allow } else { Answer::Deny };
            assert_eq!(decision, expected, "{name}");
            assert_eq!(test["decision"], if violated.is_empty() { "allow" } else { "deny" });
            assert_eq!(test["num_errors"], 0);
            assert!(strings(&test["reason"]).is_subset(&reasons), "{name}");
            reasons.remove(PERMITTED);
            assert!(reasons.is_superset(&violated), "{name}: {reasons:?}");
            let more: Vec<&String> = reasons.difference(&violated).filter(|id| !undetermined.contains(*id)).collect();
            assert!(more.is_empty(), "{name}: also denied by {more:?}");
        }
    }
    assert!(by_name.is_empty(), "tests of no request: {:?}", by_name.keys());
    assert_eq!(requests["requests"], list.len());
    for (answer, count) in &counts {
        assert_eq!(requests["answers"][answer], *count);
    }
    counts
}

#[test]
fn ordinary_cedar_decides_the_examples_as_tidegate_does() {
    let (files, flows) = examples();
    let counts = check(files, flows);
    assert!(counts["whole"] > counts["open"], "{counts:?}");
    // For trials of `tests/outside/cedar.sh`.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("target/").join("evidence-check/cedar");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("a file");
    }
}

#[test]
fn ordinary_cedar_decides_scenarios_as_tidegate_does() {
    let scenarios = world().changed();
    let flows: Vec<FlowFacts> = scenarios.iter().step_by(11).flat_map(|(_, papers)| papers.opened().facts()).collect();
    let files = export(world().book(), &world().workspace.knowledge.vocabulary, &flows).expect("files");
    let counts = check(&files, &flows);
    for answer in ["whole", "violations", "open"] {
        assert!(counts.get(answer).is_some_and(|count| *count > 0), "no request is `{answer}`: {counts:?}");
    }
}

#[test]
fn the_rules_stand_as_they_were_written_and_pass_strict_validation() {
    let (files, _) = examples();
    let stranger = Stranger::new(files);
    assert_eq!(stranger.policies.num_of_policies(), world().book().rules.len() + 1);
    for rule in world().book().rules.values() {
        assert!(files["policies.cedar"].contains(rule.file.text.trim_end()), "{}", rule.id);
    }
    let result = Validator::new(stranger.schema).validate(&stranger.policies, ValidationMode::Strict);
    assert!(result.validation_passed_without_warnings(), "{result}");
}

/// For whoever runs `cedar authorize` without a schema.
#[test]
fn the_entities_stand_on_their_own() {
    let (files, _) = examples();
    let stranger = Stranger::new(files);
    let tests: Vec<Json> = serde_json::from_str(&files["tests.json"]).expect("JSON");
    for test in tests.iter().step_by(50) {
        let uid =
            |key: &str| -> EntityUid { test["request"][key].as_str().expect("an entity").parse().expect("a uid") };
        let context = Context::from_json_value(test["request"]["context"].clone(), None).expect("a context");
        let request = Request::new(uid("principal"), uid("action"), uid("resource"), context, None).expect("a request");
        let entities = Entities::from_json_value(test["entities"].clone(), None).expect("entities");
        let response = Authorizer::new().is_authorized(&request, &stranger.policies, &entities);
        let reasons: BTreeSet<String> =
            response.diagnostics().reason().map(|id| AsRef::<str>::as_ref(id).to_owned()).collect();
        assert_eq!((response.decision(), reasons), stranger.decide(test), "{}", test["name"]);
    }
}

#[test]
fn equal_flows_give_equal_files() {
    assert_eq!(exported().0, examples().0);
}

#[test]
fn stand_ins_are_named_and_opposite() {
    let (files, _) = examples();
    let tests: Vec<Json> = serde_json::from_str(&files["tests.json"]).expect("JSON");
    let requests: Json = serde_json::from_str(&files["requests.json"]).expect("JSON");
    let mut differing = 0;
    for request in requests["list"].as_array().expect("a list") {
        let of_request: Vec<&Json> = tests
            .iter()
            .filter(|test| strings(&request["tests"]).contains(test["name"].as_str().expect("a name")))
            .collect();
        let [low, high] = of_request[..] else { continue };
        let unknown = strings(&request["unknown"]);
        let (low, high) = (facts(low), facts(high));
        assert_eq!(low.keys().collect::<Vec<_>>(), high.keys().collect::<Vec<_>>());
        let differ: BTreeSet<String> =
            low.iter().filter(|(name, value)| high[*name] != **value).map(|(name, _)| name.clone()).collect();
        assert!(differ.is_subset(&unknown), "{}: {:?}", request["name"], differ.difference(&unknown));
        differing += differ.len();
    }
    assert!(differing > 0, "no stand-in differs");
}

/// The facts of the entities of a test, by full name.
fn facts(test: &Json) -> BTreeMap<String, Json> {
    fn walk(prefix: &str, value: &Json, found: &mut BTreeMap<String, Json>) {
        match value.as_object().filter(|record| !record.contains_key("__entity")) {
            Some(record) => record.iter().for_each(|(name, inner)| walk(&format!("{prefix}.{name}"), inner, found)),
            None => {
                found.insert(prefix.to_owned(), value.clone());
            }
        }
    }
    let mut found = BTreeMap::new();
    for entity in test["entities"].as_array().expect("entities") {
        let root = tidegate::model::Root::ALL.into_iter().find(|root| entity["uid"]["type"] == root.entity_type());
        if let Some(root) = root {
            walk(root.prefix(), &entity["attrs"], &mut found);
        }
    }
    found
}
