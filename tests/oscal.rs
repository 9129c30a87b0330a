//! The result as OSCAL: everything of the result is there once, every reference leads somewhere, and equal results give equal files.
//! `tests/outside/evidence.sh` has the forms judged by compliance-trestle.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use tidegate::gate::Gate;
use tidegate::load::Exclude;
use tidegate::model::Moment;
use tidegate::pipeline::{Manner, Run, evaluate};
use tidegate::render::oscal;
use tidegate::report::{AsideBy, Detail, Report, Status};
use tidegate::resolve::Absent;
use tidegate::workspace::{Folders, Reach, Workspace, manifest_texts};

const EXPORTED: &str = "2026-11-23T08:30:15.5Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// The result of the examples, with the facts of every rule.
fn examples() -> &'static Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    REPORT.get_or_init(|| {
        let folders = Folders { contracts: vec![PathBuf::from("contracts")], ..Folders::default() };
        let opened = Workspace::open(&folders, Reach::All, |problems| {
            manifest_texts(&[PathBuf::from("examples")], &Exclude::default(), problems)
        });
        let (workspace, manifests) = opened.unwrap_or_else(|problems| panic!("the examples do not load: {problems:?}"));
        let run = Run {
            moment: Moment::On("2026-11-22".parse().expect("a day")),
            absent: Absent::NotDone,
            gate: Gate::default(),
            manner: Manner { detail: Detail::All, progress: &|_| {} },
        };
        evaluate(&workspace, &manifests, run).expect("a result")
    })
}

/// A small result with every kind of finding, and of what sets one aside.
fn small() -> Json {
    let text = std::fs::read_to_string("tests/formats/result.json").expect("a saved result");
    serde_json::from_str(&text).expect("JSON")
}

fn files(report: &Report) -> BTreeMap<String, Json> {
    let files = oscal::files(report, at(EXPORTED), &|path| format!("../inputs/{path}")).expect("files");
    files.into_iter().map(|(name, text)| (name, serde_json::from_str(&text).expect("JSON"))).collect()
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(json: &Json) -> &str {
    json.as_str().expect("a text")
}

fn prop<'a>(of: &'a Json, name: &str) -> Option<&'a str> {
    list(&of["props"]).iter().find(|prop| prop["name"] == name).map(|prop| text(&prop["value"]))
}

/// Every value of a key, wherever it stands.
fn values<'a>(json: &'a Json, key: &str, found: &mut Vec<&'a Json>) {
    match json {
        Json::Object(map) => {
            for (name, inner) in map {
                if name == key {
                    found.push(inner);
                }
                values(inner, key, found);
            }
        }
        Json::Array(items) => items.iter().for_each(|inner| values(inner, key, found)),
        _ => {}
    }
}

fn all<'a>(json: &'a Json, key: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    values(json, key, &mut found);
    found.into_iter().filter_map(Json::as_str).collect()
}

/// What must hold of the files of any result.
fn sound(report: &Report) -> Json {
    let files = files(report);
    assert_eq!(files.keys().collect::<Vec<_>>(), ["assessment-plan.json", "assessment-results.json", "catalog.json"]);
    let results = &files["assessment-results.json"]["assessment-results"];
    let result = &results["results"][0];

    // Ids are unique, and references lead to them.
    for (name, file) in &files {
        let ids = all(file, "uuid");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "{name}: ids are unique");
        let resources: BTreeSet<String> =
            all(file, "href").into_iter().filter_map(|href| href.strip_prefix('#')).map(str::to_owned).collect();
        assert!(resources.iter().all(|id| unique.contains(id.as_str())), "{name}: references lead somewhere");
    }
    let ids: BTreeSet<&str> = all(results, "uuid").into_iter().collect();
    for key in ["subject-uuid", "component-uuid", "actor-uuid", "observation-uuid", "risk-uuid"] {
        for id in all(results, key) {
            assert!(ids.contains(id), "{key} {id} leads nowhere");
        }
    }
    assert!(files.contains_key(text(&results["import-ap"]["href"])));
    let catalog: BTreeSet<&str> = all(&files["catalog.json"], "id").into_iter().collect();
    for key in ["control-id", "target-id"] {
        for id in all(results, key) {
            assert!(catalog.contains(id), "{key} {id} is not in the catalogue");
        }
    }

    // Every rule that applies to a flow has one finding there, in the right state.
    let mut findings: BTreeMap<(&str, &str, &str), &Json> = BTreeMap::new();
    for finding in list(&result["findings"]) {
        let of = |name| prop(finding, name).expect("a property");
        let earlier = findings.insert((of("integration"), of("flow"), of("rule")), finding);
        assert!(earlier.is_none(), "two findings of one rule on one flow");
    }
    let mut expected = 0;
    for flow in &report.flows {
        for rule in flow.rules.iter().filter(|rule| rule.status != Status::NotApplicable) {
            expected += 1;
            let finding = findings[&(flow.integration.as_str(), flow.flow.as_str(), &*rule.id)];
            let state = &finding["target"]["status"]["state"];
            assert_eq!(
                state,
                if rule.status == Status::Satisfied { "satisfied" } else { "not-satisfied" },
                "{}",
                rule.id
            );
            let reason = text(&finding["target"]["status"]["reason"]);
            match rule.status {
                Status::Satisfied => assert_eq!(reason, "pass"),
                Status::Undetermined => assert_eq!(reason, "other"),
                _ => assert!(["fail", "other"].contains(&reason)),
            }
            let risks = list(&finding["related-risks"]);
            assert_eq!(risks.len(), usize::from(rule.tells()), "what is not satisfied is a risk");
            if rule.tells() {
                let risk = list(&result["risks"]).iter().find(|risk| risk["uuid"] == risks[0]["risk-uuid"]);
                let risk = risk.expect("the risk");
                let excepted = rule.aside.as_ref().is_some_and(|aside| aside.by == AsideBy::Exception);
                assert_eq!(risk["status"], if excepted { "deviation-approved" } else { "open" });
                assert_eq!(prop(finding, "set-aside").is_some(), rule.aside.is_some());
            }
        }
    }
    assert_eq!(findings.len(), expected, "and no finding more");
    assert_eq!(list(&result["local-definitions"]["inventory-items"]).len(), report.flows.len(), "flows are subjects");
    assert_eq!(all(&result["reviewed-controls"], "control-id").len(), report.rules.len(), "rules are controls");

    // The files that were read stand there with their digests.
    let resources = list(&results["back-matter"]["resources"]);
    for input in &report.inputs {
        let resource = resources.iter().find(|resource| resource["rlinks"][0]["hashes"][0]["value"] == input.sha256);
        let resource = resource.unwrap_or_else(|| panic!("{} is not in the back matter", input.path));
        assert!(text(&resource["rlinks"][0]["href"]).starts_with("../inputs/"));
    }
    for key in ["collected", "start", "end", "last-modified"] {
        for time in all(results, key) {
            assert_eq!(time, "2026-11-23T08:30:15Z", "{key}");
        }
    }
    forms(results);
    results.clone()
}

/// Texts have the forms that OSCAL asks for.
fn forms(json: &Json) {
    for value in all(json, "value") {
        assert!(!value.is_empty() && value.trim() == value && !value.contains('\n'), "{value:?}");
    }
    for title in all(json, "title").into_iter().chain(all(json, "description")).chain(all(json, "statement")) {
        assert!(!title.trim().is_empty());
        assert!(!title.contains("<script"), "{title}");
    }
    for title in all(json, "title") {
        assert!(!title.contains('\n'), "{title}");
    }
    let mut lists = Vec::new();
    for key in ["props", "links", "observations", "risks", "findings", "relevant-evidence", "parties", "related-risks"]
    {
        values(json, key, &mut lists);
    }
    assert!(lists.iter().all(|list| !list.as_array().expect("a list").is_empty()), "OSCAL knows no empty lists");
}

#[test]
fn the_examples_are_there_in_full() {
    let results = sound(examples());
    let evidence = list(&results["results"][0]["observations"]).iter().flat_map(|of| list(&of["relevant-evidence"]));
    let linked = evidence.filter(|evidence| evidence["href"].is_string()).count();
    assert!(linked > 100, "evidence has links: {linked}");
    // For trials of `tests/outside/evidence.sh`.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("target/").join("evidence-check/oscal");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in oscal::files(examples(), at(EXPORTED), &|path| format!("../inputs/{path}")).expect("files") {
        std::fs::write(folder.join(name), text).expect("a file");
    }
}

#[test]
fn what_is_set_aside_is_a_risk_with_its_approval() {
    let mut value = small();
    let pointer = "/flows/0/rules/3/aside/approval/expires";
    *value.pointer_mut(pointer).expect("an approval") = json!("2027-01-31+08:00");
    let results = sound(&serde_json::from_value(value).expect("a result"));
    let risks = list(&results["results"][0]["risks"]);
    let excepted = risks.iter().find(|risk| risk["status"] == "deviation-approved").expect("an exception");
    assert_eq!(excepted["deadline"], "2027-01-31T23:59:59+08:00");
    assert_eq!(prop(excepted, "exception"), Some("EX-7"));
    assert_eq!(prop(excepted, "ticket"), Some("LEGAL-12"));
    let names: Vec<&str> = list(&results["metadata"]["parties"]).iter().map(|party| text(&party["name"])).collect();
    assert_eq!(names, ["desk@example.com", "legal@example.com"]);
    let roles = all(&excepted["origins"], "role-id");
    assert_eq!(roles, ["risk-owner", "risk-approver"]);
    for (word, of_state) in [("known before", "open"), ("not in force yet", "open")] {
        let risk = risks.iter().find(|risk| prop(risk, "set-aside") == Some(word)).expect("a risk");
        assert_eq!(risk["status"], of_state);
    }
    let notices: Vec<&str> = risks.iter().filter_map(|risk| prop(risk, "notice")).collect();
    assert_eq!(notices, ["exceptions/expired", "exceptions/expiring"]);
}

#[test]
fn a_day_that_is_none_is_no_deadline() {
    let results = sound(&serde_json::from_value(small()).expect("a result"));
    let risks = list(&results["results"][0]["risks"]);
    assert!(risks.iter().all(|risk| risk["deadline"].is_null()), "the saved result gives a zone by name");
}

#[test]
fn no_text_of_a_user_breaks_the_form() {
    let odd = " <script>*x*\n[a](b)\u{7}客戶 ";
    let mut value = small();
    for pointer in
        ["/flows/0/title", "/flows/0/integration", "/flows/1/flow", "/flows/0/rules/2/items/0", "/inputs/0/path"]
    {
        if let Some(place) = value.pointer_mut(pointer) {
            *place = json!(odd);
        }
    }
    value["flows"][0]["rules"][3]["aside"]["reason"] = json!(odd);
    value["flows"][0]["rules"][3]["aside"]["approval"]["owner"] = json!(odd);
    value["flows"][0]["rules"][3]["aside"]["approval"]["ticket"] = json!("");
    let report: Report = serde_json::from_value(value).expect("a result");
    let files = files(&report);
    forms(&files["assessment-results.json"]);
    for href in all(&files["assessment-results.json"], "href") {
        assert!(href.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&byte)), "{href}");
    }
}

#[test]
fn a_result_without_flows_is_one_too() {
    let mut value = small();
    value["flows"] = json!([]);
    value["notices"] = json!([]);
    value["rules"] = json!({});
    value["inputs"] = json!([]);
    value["verdict"] = Json::Null;
    let files = files(&serde_json::from_value(value).expect("a result"));
    let result = &files["assessment-results.json"]["assessment-results"]["results"][0];
    assert!(
        result["findings"].is_null() && result["reviewed-controls"]["control-selections"][0]["include-all"].is_object()
    );
    forms(&files["assessment-results.json"]);
}

#[test]
fn ids_follow_from_what_is_said() {
    let report: Report = serde_json::from_value(small()).expect("a result");
    assert_eq!(files(&report), files(&report), "equal results give equal files");
    let mut other = report.clone();
    let rule = &mut other.flows[0].rules[1];
    assert_eq!(rule.status, Status::Satisfied);
    rule.status = Status::Undetermined;
    let of_rule = |report: &Report| -> Json {
        let files = files(report);
        let findings = &files["assessment-results.json"]["assessment-results"]["results"][0]["findings"];
        let id = &report.flows[0].rules[1].id;
        list(findings).iter().find(|finding| prop(finding, "rule") == Some(id)).expect("the finding")["uuid"].clone()
    };
    assert_ne!(of_rule(&report), of_rule(&other), "another state is another finding");
}
