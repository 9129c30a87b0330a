//! `tidegate impact`: what changes of every kind do to the flows of repositories that the tests build.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

#[path = "support/binary.rs"]
#[allow(dead_code, reason = "every test file uses a part of it")]
mod binary;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use binary::{Folder, Run, root, tidegate, tidegate_with};

const AS_OF: &str = "--as-of=2026-11-22";

// ---- Repositories ----------------------------------------------------------------------------------------------------

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=team", "-c", "user.email=team@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_COMMITTER_DATE", "2026-11-22T12:00:00Z")
        .env("GIT_AUTHOR_DATE", "2026-11-22T12:00:00Z")
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn commit(folder: &Folder) {
    git(&folder.0, &["add", "."]);
    git(&folder.0, &["commit", "--quiet", "--allow-empty", "-m", "a state"]);
}

fn shipped(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Replaces a text that must be there.
#[track_caller]
fn with(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "no `{old}`");
    text.replace(old, new)
}

#[track_caller]
fn change(folder: &Folder, name: &str, old: &str, new: &str) {
    folder.write(name, &with(&fs::read_to_string(folder.0.join(name)).unwrap(), old, new));
}

/// A committed repository with one flow, which is permitted.
fn permitted() -> Folder {
    let folder = Folder::new();
    for contract in ["contracts/customers/northwind-msa.yaml", "contracts/providers/openai-api.yaml"] {
        folder.write(contract, &shipped(contract));
    }
    folder.write("tidegate.yaml", "kind: config\nversion: 1\n");
    folder.write("app/integration.yaml", &shipped("examples/support-reply-drafts/integration.yaml"));
    git(&folder.0, &["init", "--quiet", "--initial-branch=main"]);
    commit(&folder);
    folder
}

const LOG: &str = "abuse-log: {title: Abuse log, keeps: 55 days";

/// The shipped profile of Google, with another clock for the log of the Gemini API.
fn profile(days: u32) -> String {
    with(&shipped("provider-profiles/google.yaml"), LOG, &LOG.replace("55", &days.to_string()))
}

/// A committed repository whose own profile says that the Gemini API keeps logs for 30 days. Two customers allow 30 days, one 90; a
/// flow to another provider stands beside each.
fn retention() -> Folder {
    let folder = Folder::new();
    let contract = shipped("contracts/customers/proseware-dpa.yaml");
    let manifest = shipped("examples/gemini-30-day-limit/integration.yaml");
    for agreement in fs::read_dir(root().join("contracts/providers")).unwrap() {
        let name = format!("contracts/providers/{}", agreement.unwrap().file_name().to_string_lossy());
        folder.write(&name, &shipped(&name));
    }
    for (name, days) in [("first", "30"), ("second", "30"), ("patient", "90")] {
        let contract = with(&contract, "id: proseware-dpa", &format!("id: {name}-dpa"));
        let contract = with(&contract, "max_days: 30", &format!("max_days: {days}"));
        folder.write(&format!("contracts/customers/{name}-dpa.yaml"), &contract);
        let manifest = with(&manifest, "id: gemini-30-day-limit", &format!("id: {name}"));
        folder.write(&format!("{name}.integration.yaml"), &with(&manifest, "proseware-dpa", &format!("{name}-dpa")));
    }
    folder.write("tidegate.yaml", "kind: config\nversion: 1\nprofiles: [profiles]\n");
    folder.write("profiles/google.yaml", &profile(30));
    git(&folder.0, &["init", "--quiet", "--initial-branch=main"]);
    commit(&folder);
    folder
}

// ---- Looking at an impact --------------------------------------------------------------------------------------------

/// The exit code and the JSON, which fits the published schema.
#[track_caller]
fn impact(folder: &Path, further: &[&str]) -> (i32, Json) {
    let run = tidegate(folder, &[&["impact", AS_OF, "--format=json"], further].concat());
    let json: Json = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("no impact: {}", run.shown()));
    let schema: Json = serde_json::from_str(&shipped("schemas/impact.schema.json")).unwrap();
    let misfits: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&json).map(|error| error.to_string()).collect();
    assert!(misfits.is_empty(), "{misfits:#?}");
    (run.code.unwrap(), json)
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The flows that changed: `name change`.
fn flows(impact: &Json) -> Vec<String> {
    let named = |flow: &Json| {
        let part = |key: &str| flow[key].as_str().unwrap().to_owned();
        format!("{}/{} {}", part("integration"), part("flow"), part("change"))
    };
    list(&impact["flows"]).iter().map(named).collect()
}

/// One rule on the first flow.
#[track_caller]
fn rule<'j>(impact: &'j Json, id: &str) -> &'j Json {
    let rules = list(&impact["flows"][0]["rules"]);
    rules.iter().find(|rule| rule["id"] == id).unwrap_or_else(|| panic!("{id} is not in {rules:#?}"))
}

/// One fact of a rule: name, old and new value.
#[track_caller]
fn fact<'j>(rule: &'j Json, name: &str) -> &'j Json {
    let facts = list(&rule["facts"]);
    facts.iter().find(|fact| fact["name"] == name).unwrap_or_else(|| panic!("{name} is not in {facts:#?}"))
}

/// The file and the text of the line of a place of a fact.
fn lines<'j>(fact: &'j Json, state: &str) -> Vec<(&'j str, &'j str)> {
    let places = list(&fact[state]).iter().flat_map(|value| list(&value["places"]));
    places.map(|place| (place["file"].as_str().unwrap(), place["text"].as_str().unwrap().trim())).collect()
}

/// The verdicts that `check` finds.
fn verdicts(folder: &Folder) -> BTreeMap<String, String> {
    let run = tidegate(&folder.0, &["check", AS_OF, "--format=json"]);
    let result: Json = serde_json::from_str(&run.stdout).unwrap();
    let named = |flow: &Json| {
        let part = |key: &str| flow[key].as_str().unwrap().to_owned();
        (format!("{}/{}", part("integration"), part("flow")), part("verdict"))
    };
    list(&result["flows"]).iter().map(named).collect()
}

// ---- Changes of every kind -------------------------------------------------------------------------------------------

#[test]
fn a_profile_that_goes_from_30_to_55_days_names_exactly_the_flows_that_flip() {
    let folder = retention();
    let before = verdicts(&folder);
    folder.write("profiles/google.yaml", &profile(55));
    let after = verdicts(&folder);
    let flip: Vec<String> =
        before.keys().filter(|flow| before[*flow] != after[*flow]).map(|flow| format!("{flow} tightened")).collect();
    assert_eq!(flip, ["first/with-gemini tightened", "second/with-gemini tightened"]);

    let (code, told) = impact(&folder.0, &["--base=main"]);
    assert_eq!((code, flows(&told)), (0, flip), "a tightening needs no approval");
    assert_eq!(told["summary"]["unchanged"], 4);
    for flow in list(&told["flows"]) {
        assert_eq!(
            flow["base"].as_str().unwrap(),
            before[&format!("{}/with-gemini", flow["integration"].as_str().unwrap())]
        );
        assert_eq!((flow["head"].as_str(), list(&flow["rules"]).len()), (Some("refused"), 1), "one rule did it");
    }
    let days = fact(rule(&told, "contract/retention-limit"), "resource.retention.days");
    assert_eq!((&days["base"][0]["value"], &days["head"][0]["value"]), (&Json::from(30), &Json::from(55)));
    for (state, days) in [("base", "30"), ("head", "55")] {
        let (file, line) = lines(days_of(&told), state)[0];
        assert_eq!(file, "profiles/google.yaml", "the same name in both states");
        assert!(line.starts_with(&LOG.replace("55", days)), "{line}");
    }
    assert_eq!(list(&told["inputs"]).len(), 1);
    assert_eq!(told["inputs"][0]["path"], "profiles/google.yaml");

    commit(&folder);
    folder.write("profiles/google.yaml", &profile(30));
    let (code, told) = impact(&folder.0, &["--base=main"]);
    assert_eq!(
        (code, flows(&told)),
        (10, vec!["first/with-gemini loosened".into(), "second/with-gemini loosened".into()])
    );
}

fn days_of(told: &Json) -> &Json {
    fact(rule(told, "contract/retention-limit"), "resource.retention.days")
}

#[test]
fn a_contract() {
    let folder = retention();
    let name = "contracts/customers/first-dpa.yaml";
    let before = verdicts(&folder);
    change(&folder, name, "max_days: 30", "max_days: 20");
    let after = verdicts(&folder);
    let flip: Vec<String> =
        before.keys().filter(|flow| before[*flow] != after[*flow]).map(|flow| format!("{flow} tightened")).collect();
    assert!(flip.contains(&"first/with-gemini tightened".to_owned()), "{flip:?}");
    let (code, told) = impact(&folder.0, &["--base=HEAD"]);
    assert_eq!((code, flows(&told)), (0, flip));
    let days = fact(rule(&told, "contract/retention-limit"), "context.contract.retention.max_days");
    assert_eq!((&days["base"][0]["value"], &days["head"][0]["value"]), (&Json::from(30), &Json::from(20)));
    assert_eq!(
        (lines(days, "base"), lines(days, "head")),
        (vec![(name, "max_days: 30")], vec![(name, "max_days: 20")])
    );
}

const HOUSE: &str = "@id(\"house/small-scale\")
@title(\"Only small amounts of data leave\")
@cites(\"House rule 7\")
@on_violation(\"refuse\")
@remedy(\"send less\")
forbid (principal, action, resource)
when { principal.personal }
unless { context.flow.controls.token_budget };
";
const PACK: &str =
    "kind: rule-pack\nversion: 1\nid: house\ntitle: House\ncovers: Rules of ours.\nleaves_out: The rest.\n";

/// Writes a rule of the house that no flow with personal data meets, unless `unless` says so.
fn house(folder: &Folder, text: &str) {
    folder.write("policies/house/pack.yaml", PACK);
    folder.write("policies/house/small-scale.cedar", text);
    folder.write("tidegate.yaml", "kind: config\nversion: 1\npolicies: [policies]\n");
}

#[test]
fn a_policy() {
    let folder = permitted();
    // Added, and met: a further reason why the flow is permitted.
    house(&folder, HOUSE);
    let (code, told) = impact(&folder.0, &["--base=main"]);
    assert_eq!((code, flows(&told)), (0, vec!["support-reply-drafts/draft-reply reasons".to_owned()]));
    let new = rule(&told, "house/small-scale");
    assert_eq!((&new["base"], new["head"]["status"].as_str()), (&Json::Null, Some("satisfied")));
    assert_eq!(new["policy"]["change"], "added");
    commit(&folder);
    // Changed, and violated.
    house(&folder, &with(HOUSE, "context.flow.controls.token_budget", "!context.flow.controls.token_budget"));
    let (code, told) = impact(&folder.0, &["--base=main"]);
    assert_eq!((code, flows(&told)), (0, vec!["support-reply-drafts/draft-reply tightened".to_owned()]));
    let changed = rule(&told, "house/small-scale");
    assert_eq!(
        (changed["policy"]["change"].as_str(), list(&changed["facts"]).len()),
        (Some("changed"), 0),
        "{changed}"
    );
    assert_eq!(changed["policy"]["path"], "policies/house/small-scale.cedar");
    commit(&folder);
    // Taken out: a loosening.
    fs::remove_file(folder.0.join("policies/house/small-scale.cedar")).unwrap();
    let (code, told) = impact(&folder.0, &["--base=main"]);
    assert_eq!((code, flows(&told)), (10, vec!["support-reply-drafts/draft-reply loosened".to_owned()]));
    let gone = rule(&told, "house/small-scale");
    assert_eq!((&gone["head"], gone["policy"]["change"].as_str()), (&Json::Null, Some("removed")));
}

/// Leaves the flow without a cap, and writes the exception that waives it.
fn excepted(folder: &Folder) {
    change(folder, "app/integration.yaml", "token_budget: true, ", "");
    commit(folder);
    let run = tidegate(&folder.0, &["check", AS_OF, "--format=json"]);
    let result: Json = serde_json::from_str(&run.stdout).unwrap();
    let rules = list(&result["flows"][0]["rules"]);
    let finding = rules.iter().find(|rule| rule["id"] == "base/usage-limits").unwrap();
    folder.write(
        "exceptions.yaml",
        &format!(
            "kind: exceptions\nversion: 1\nexceptions:\n  - id: EX-1\n    rule: base/usage-limits\n    \
             integration: support-reply-drafts\n    flow: draft-reply\n    fingerprint: {}\n    \
             reason: The cap comes with the gateway.\n    owner: platform@example.com\n    \
             approver: privacy@example.com\n    ticket: RISK-123\n    expires: 2026-12-31+08:00\n",
            finding["fingerprint"].as_str().unwrap()
        ),
    );
}

#[test]
fn an_exception() {
    let folder = permitted();
    excepted(&folder);
    let (code, told) = impact(&folder.0, &["--base=main"]);
    assert_eq!((code, flows(&told)), (10, vec!["support-reply-drafts/draft-reply loosened".to_owned()]));
    let aside = &rule(&told, "base/usage-limits")["head"]["aside"];
    assert_eq!((aside["approval"]["id"].as_str(), aside["place"]["line"].as_i64()), (Some("EX-1"), Some(4)));
    let text = tidegate(&folder.0, &["impact", AS_OF, "--base=main"]).stdout;
    assert!(text.contains("violated (conditional) → violated, excepted"), "{text}");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let approval = "EX-1, approved by privacy@example.com, RISK-123, until 2026-12-31+08:00 (exceptions.yaml:4:5)";
    assert!(words.contains(approval), "{text}");
    // It ends: the result of an earlier day against a later one.
    let saved = tidegate(&folder.0, &["check", AS_OF, "--format=json=before.json"]);
    assert_eq!(saved.code, Some(0), "{}", saved.shown());
    let run = tidegate(&folder.0, &["impact", "--as-of=2027-01-01", "--base-result=before.json", "--format=json"]);
    let told: Json = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (run.code, &flows(&told)[..]),
        (Some(0), &["support-reply-drafts/draft-reply tightened".to_owned()][..])
    );
    assert_eq!(rule(&told, "base/usage-limits")["base"]["aside"]["approval"]["expires"], "2026-12-31+08:00");
    assert_eq!(told["notices"][0]["id"], "exceptions/expired");
    assert_eq!(
        (told["base"]["as_of"].as_str(), told["head"]["as_of"].as_str()),
        (Some("2026-11-22"), Some("2027-01-01"))
    );
}

#[test]
fn the_vocabulary() {
    let folder = permitted();
    folder.write(
        "words/ours.yaml",
        "kind: vocabulary\nversion: 1\nid: ours\ntype: SpecialCategory\ntitle: Ours\nterms:\n  \
         gdpr/9: {title: Special categories, members: {user.content.private: {}}}\n",
    );
    folder.write("tidegate.yaml", "kind: config\nversion: 1\nvocabulary: [words]\n");
    let (code, told) = impact(&folder.0, &["--base=main"]);
    assert_eq!((code, flows(&told)), (0, vec!["support-reply-drafts/draft-reply tightened".to_owned()]));
    let changed = rule(&told, "gdpr/9-special-category");
    assert_eq!(changed["files"][0]["path"], "words/ours.yaml", "{changed}");
    assert!(list(&told["inputs"]).iter().any(|input| input["path"] == "words/ours.yaml" && input["change"] == "added"));
    // The place of a word in the hierarchy is no fact with a value: the file is named.
    folder.write(
        "words/ours.yaml",
        "kind: vocabulary\nversion: 1\nid: ours\ntype: DataClass\ntitle: Ours\nterms:\n  \
         user.unique_id.pseudonymous: {title: Pseudonym, in: [ext.customer_record]}\n",
    );
    let (_, told) = impact(&folder.0, &["--base=main"]);
    let changed = rule(&told, "base/raw-records-stay");
    let file = changed["files"][0]["path"].as_str();
    assert_eq!((list(&changed["facts"]).len(), file), (0, Some("words/ours.yaml")), "{changed}");
}

#[test]
fn a_manifest() {
    let folder = permitted();
    change(&folder, "app/integration.yaml", "laws: [gdpr, tw-pdpa]", "laws: [gdpr]");
    let (code, told) = impact(&folder.0, &["--base=main"]);
    // The flow is permitted in both states, but not because of the same rules.
    assert_eq!((code, flows(&told)), (0, vec!["support-reply-drafts/draft-reply reasons".to_owned()]));
    let rules = list(&told["flows"][0]["rules"]);
    assert!(rules.len() > 5 && rules.iter().all(|rule| rule["head"]["status"] == "not-applicable"), "{rules:#?}");
    for rule in rules {
        let laws = fact(rule, "context.flow.laws");
        assert_eq!(laws["head"][0]["value"], serde_json::json!(["gdpr"]));
    }
    assert_eq!(impact(&folder.0, &["--base=main", "--fail-on=any"]).0, 10);
    assert_eq!(impact(&folder.0, &["--base=main", "--fail-on=eased"]).0, 0, "no finding counts less");
    let text = tidegate(&folder.0, &["impact", AS_OF, "--base=main"]).stdout;
    assert!(text.contains("satisfied → does not apply: tw-pdpa/"), "{text}");
    assert_eq!(text.matches("context.flow.laws").count(), 1, "one cause is told once: {text}");
}

#[test]
fn flows_that_come_and_go() {
    let folder = permitted();
    let manifest =
        with(&shipped("examples/support-reply-drafts/integration.yaml"), "id: support-reply-drafts", "id: another");
    folder.write("other/integration.yaml", &manifest);
    let (code, told) = impact(&folder.0, &["--base=main"]);
    assert_eq!((code, flows(&told)), (0, vec!["another/draft-reply added".to_owned()]));
    assert_eq!((&told["flows"][0]["base"], told["flows"][0]["head"].as_str()), (&Json::Null, Some("permitted")));
    assert_eq!(impact(&folder.0, &["--base=main", "--fail-on=any"]).0, 10);
    // A path that only one of the states has.
    assert_eq!(flows(&impact(&folder.0, &["--base=main", "other"]).1), ["another/draft-reply added"]);
    commit(&folder);
    fs::remove_dir_all(folder.0.join("other")).unwrap();
    let (code, told) = impact(&folder.0, &["--base=main", "other"]);
    assert_eq!((code, flows(&told)), (0, vec!["another/draft-reply removed".to_owned()]));
    let run = tidegate(&folder.0, &["impact", AS_OF, "--base=main", "nowhere"]);
    assert!(run.code == Some(3) && run.stderr.contains("nowhere"), "{}", run.shown());
}

#[test]
fn the_knowledge_of_another_binary() {
    let folder = retention();
    // What a binary would have saved that held the older profile. This one holds 55 days.
    assert_eq!(tidegate(&folder.0, &["check", AS_OF, "--format=json=result.json"]).code, Some(11));
    folder.write("tidegate.yaml", "kind: config\nversion: 1\n");
    let (code, told) = impact(&folder.0, &["--base-result=result.json"]);
    assert_eq!(
        (code, flows(&told)),
        (0, vec!["first/with-gemini tightened".into(), "second/with-gemini tightened".into()])
    );
    let place = lines(days_of(&told), "head")[0];
    assert!(place.0 == "(embedded)/provider-profiles/google.yaml" && place.1.starts_with(LOG), "{place:?}");
    assert_eq!(told["base"]["name"], "result.json");
    let run = tidegate(&folder.0, &["impact", AS_OF, "--base-result=tidegate.yaml"]);
    assert!(run.code == Some(3) && run.stderr.contains("is no saved result"), "{}", run.shown());
}

#[test]
fn a_rule_that_counts_less_is_seen_behind_a_verdict_that_stays() {
    let folder = permitted();
    house(&folder, &with(HOUSE, "context.flow.controls.token_budget", "!context.flow.controls.token_budget"));
    change(&folder, "app/integration.yaml", "anomaly_alerts: true", "anomaly_alerts: false");
    commit(&folder);
    change(&folder, "app/integration.yaml", "anomaly_alerts: false", "anomaly_alerts: true");
    let (code, told) = impact(&folder.0, &["--base=main"]);
    assert_eq!((code, flows(&told)), (0, vec!["support-reply-drafts/draft-reply reasons".to_owned()]));
    assert_eq!((told["flows"][0]["head"].as_str(), told["summary"]["eased"].as_i64()), (Some("refused"), Some(1)));
    assert_eq!(rule(&told, "base/usage-limits")["direction"], "loosened");
    assert_eq!(impact(&folder.0, &["--base=main", "--fail-on=eased"]).0, 10);
}

// ---- What is no change -----------------------------------------------------------------------------------------------

#[test]
fn moved_lines_change_nothing() {
    let folder = retention();
    for name in ["first.integration.yaml", "profiles/google.yaml", "contracts/customers/first-dpa.yaml"] {
        let text = fs::read_to_string(folder.0.join(name)).unwrap();
        folder.write(name, &format!("# A line more.\n\n{text}"));
    }
    fs::rename(folder.0.join("second.integration.yaml"), folder.0.join("moved.integration.yaml")).unwrap();
    let (code, told) = impact(&folder.0, &["--base=main", "--fail-on=any"]);
    assert_eq!((code, flows(&told)), (0, Vec::new()));
    assert_eq!((told["summary"]["unchanged"].as_i64(), list(&told["inputs"]).len()), (Some(6), 5));
    let text = tidegate(&folder.0, &["impact", AS_OF, "--base=main"]).stdout;
    assert!(text.starts_with("nothing changed, 6 unchanged\n"), "{text}");
}

#[test]
fn the_shipped_examples_against_themselves() {
    let copy = Folder::new();
    let saved = copy.0.join("result.json");
    let save = format!("--format=json={}", saved.display());
    assert_eq!(tidegate(root(), &["check", "examples", AS_OF, &save]).code, Some(12));
    let base = format!("--base-result={}", saved.display());
    let (code, told) = impact(root(), &["examples", &base, "--fail-on=any"]);
    assert_eq!((code, flows(&told), list(&told["inputs"]).len()), (0, Vec::new(), 0));
    assert!(told["summary"]["unchanged"].as_u64().unwrap() > 30);
    // The same from a copy in another folder.
    for folder in ["examples", "contracts"] {
        for path in walkdir::WalkDir::new(root().join(folder)).into_iter().map(|entry| entry.unwrap().into_path()) {
            if path.is_file() {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap();
                copy.write(&format!("copy/{name}"), &fs::read_to_string(&path).unwrap());
            }
        }
    }
    let base = format!("--base={}", copy.0.join("copy").display());
    let (code, again) = impact(root(), &["examples", &base, "--fail-on=any"]);
    assert_eq!((code, flows(&again), list(&again["inputs"])), (0, Vec::new(), &[][..]));
}

// ---- The two states --------------------------------------------------------------------------------------------------

#[test]
fn the_work_tree_is_left_alone_and_nothing_stays_behind() {
    let folder = permitted();
    change(&folder, "app/integration.yaml", "laws: [gdpr, tw-pdpa]", "laws: [gdpr]");
    git(&folder.0, &["add", "."]);
    change(&folder, "app/integration.yaml", "residual_risk: low", "residual_risk: high");
    folder.write("untracked.txt", "mine");
    let seen = || {
        let index = fs::read(folder.0.join(".git/index")).unwrap();
        let state = ["status", "stash", "worktree"].map(|verb| match verb {
            "status" => git(&folder.0, &["--no-optional-locks", "status", "--porcelain"]),
            verb => git(&folder.0, &[verb, "list"]),
        });
        (
            index,
            state,
            fs::read_to_string(folder.0.join("app/integration.yaml")).unwrap(),
            fs::read_dir(folder.0.join(".git")).unwrap().count(),
        )
    };
    let before = seen();
    let place = Folder::new();
    let temporary = place.0.to_str().unwrap();
    for base in ["main", "HEAD", "nowhere"] {
        tidegate_with(&folder.0, &["impact", AS_OF, "--base", base], &[("TMPDIR", temporary), ("TMP", temporary)]);
        assert_eq!(fs::read_dir(&place.0).unwrap().count(), 0, "a temporary folder stayed behind");
    }
    assert_eq!(seen(), before);
}

#[test]
fn each_state_has_its_own_configuration() {
    let folder = permitted();
    fs::create_dir_all(folder.0.join("legal")).unwrap();
    fs::rename(folder.0.join("contracts"), folder.0.join("legal/contracts")).unwrap();
    folder.write("tidegate.yaml", "kind: config\nversion: 1\ncontracts: [legal/contracts]\n");
    let (code, told) = impact(&folder.0, &["--base=main", "--fail-on=any"]);
    assert_eq!((code, flows(&told)), (0, Vec::new()));
    // From a folder below, and with a path from the root.
    let app = folder.0.join("app");
    let (code, told) = impact(&app, &["--base=main", "--fail-on=any"]);
    assert_eq!((code, flows(&told), told["summary"]["unchanged"].as_i64()), (0, Vec::new(), Some(1)));
    let paths: Vec<&str> = list(&told["inputs"]).iter().map(|input| input["path"].as_str().unwrap()).collect();
    assert!(
        paths.contains(&"../legal/contracts/customers/northwind-msa.yaml") && paths.contains(&"../tidegate.yaml"),
        "{paths:?}"
    );
    let absolute = app.to_str().unwrap();
    assert_eq!(impact(&folder.0, &["--base=main", "--fail-on=any", absolute]).1["summary"]["unchanged"], 1);
}

#[test]
fn a_base_that_is_none_is_said_so() {
    let folder = permitted();
    git(&folder.0, &["branch", "app"]);
    for (base, message) in [
        ("--base=nowhere", "`nowhere` is neither a folder nor a revision that git has here"),
        ("--base=", "the base is empty"),
        ("--base=.", "the base is the working folder itself"),
        ("--base=app", "`app` is a folder and also a revision; write `./app`"),
        ("--base=--help", "is neither a folder nor a revision"),
    ] {
        let Run { code, stderr, .. } = tidegate(&folder.0, &["impact", AS_OF, base]);
        assert!(code == Some(2) && stderr.contains(message), "{base}: {code:?} {stderr}");
    }
    for none in [&["impact", AS_OF][..], &["impact", AS_OF, "--base=main", "--base-result=x.json"]] {
        assert_eq!(tidegate(&folder.0, none).code, Some(2));
    }
    let bare = Folder::new();
    let run = tidegate_with(&bare.0, &["impact", AS_OF, "--base=main"], &[("GIT_CEILING_DIRECTORIES", "/")]);
    assert!(run.code == Some(2) && run.stderr.contains("`main` is no folder"), "{}", run.shown());
    git(&bare.0, &["init", "--quiet", "--initial-branch=main"]);
    commit(&bare);
    assert_eq!(tidegate(&bare.0, &["impact", AS_OF, "--base=main"]).code, Some(4));
}

#[test]
fn a_fault_in_the_base_is_told_by_its_revision() {
    let folder = permitted();
    change(&folder, "app/integration.yaml", "purpose: customer-support", "purpose: customer-suport");
    commit(&folder);
    change(&folder, "app/integration.yaml", "purpose: customer-suport", "purpose: customer-support");
    let run = tidegate(&folder.0, &["impact", AS_OF, "--base=main"]);
    assert_eq!(run.code, Some(3));
    assert!(run.stderr.contains("main:./app/integration.yaml") && !run.stderr.contains("tidegate-"), "{}", run.stderr);
}

// ---- Forms -----------------------------------------------------------------------------------------------------------

#[test]
fn every_form_tells_the_same() {
    let folder = retention();
    folder.write("profiles/google.yaml", &profile(55));
    change(&folder, "contracts/customers/second-dpa.yaml", "max_days: 30", "max_days: 60");
    change(&folder, "patient.integration.yaml", "title: Answers to", "title: <b>@team</b> Answers | to");
    change(&folder, "contracts/customers/patient-dpa.yaml", "max_days: 90", "max_days: 40");
    let run =
        tidegate(&folder.0, &["impact", AS_OF, "--base=main", "--format=text", "--format=markdown=out/comment.md"]);
    let comment = fs::read_to_string(folder.0.join("out/comment.md")).unwrap();
    assert!(comment.starts_with("<!-- tidegate:impact -->\n## ✗ Tidegate: 2 flows tightened\n"), "{comment}");
    assert!(comment.contains("&lt;b&gt;") && !comment.contains("<b>"), "{comment}");
    for text in [&run.stdout, &comment] {
        for told in
            ["first › with-gemini", "patient › with-gemini", "resource.retention.days: 30 → 55", "max_days: 90 → 40"]
        {
            assert!(text.contains(told), "no {told}: {text}");
        }
        assert!(!text.contains("second › ") && !text.contains("with-openai"), "{text}");
    }
    let wide: Vec<&str> = run.stdout.lines().filter(|line| line.chars().count() > 80 && line.contains(' ')).collect();
    assert!(wide.iter().all(|line| line.split_whitespace().count() <= 2), "{wide:#?}");
    let again = tidegate(&folder.0, &["impact", AS_OF, "--base=main"]);
    assert_eq!(again.stdout, run.stdout, "equal inputs give equal bytes");
    let run = tidegate(&folder.0, &["impact", AS_OF, "--base=main", "--format=json", "--format=text"]);
    assert!(run.code == Some(2) && run.stderr.contains("only one format"), "{}", run.shown());
}
