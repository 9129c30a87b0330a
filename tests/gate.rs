//! What an organisation may set aside, and what it may not: exceptions, `tidegate.yaml`, the starter. Of the real program in
//! repositories that the tests make.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "support/binary.rs"]
mod binary;

use std::fs;
use std::process::Command;

use serde_json::Value as Json;

use binary::{Folder, root, tidegate};

const TODAY: &str = "2026-11-22";
/// The one rule that the flow of [`repository`] violates.
const RULE: &str = "base/usage-limits";

/// A repository whose one flow meets every rule but one of the house: nobody caps how much it may send.
fn repository() -> Folder {
    let folder = Folder::new();
    for contract in ["customers/northwind-msa.yaml", "providers/openai-api.yaml"] {
        let text = fs::read_to_string(root().join("contracts").join(contract)).unwrap();
        folder.write(&format!("contracts/{contract}"), &text);
    }
    folder.write("app/integration.yaml", &manifest().replace("token_budget: true, ", ""));
    folder
}

fn manifest() -> String {
    fs::read_to_string(root().join("examples/support-reply-drafts/integration.yaml")).unwrap()
}

/// The exit code and the result of a check on a day.
#[track_caller]
fn judged(folder: &Folder, day: &str, further: &[&str]) -> (i32, Json) {
    let as_of = format!("--as-of={day}");
    let run = tidegate(&folder.0, &[&["check", &as_of, "--format=json"], further].concat());
    let json = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("no result: {}", run.shown()));
    (run.code.unwrap(), json)
}

/// The findings, set aside or not, by rule.
fn findings(result: &Json) -> Vec<(&str, &Json)> {
    let rules = result["flows"].as_array().unwrap().iter().flat_map(|flow| flow["rules"].as_array().unwrap());
    rules.filter(|rule| rule["fingerprint"].is_string()).map(|rule| (rule["id"].as_str().unwrap(), rule)).collect()
}

fn notices(result: &Json) -> Vec<&str> {
    result["notices"].as_array().into_iter().flatten().map(|notice| notice["id"].as_str().unwrap()).collect()
}

fn fingerprint(folder: &Folder, rule: &str) -> String {
    let (_, result) = judged(folder, TODAY, &["--no-exceptions"]);
    let found = findings(&result).into_iter().find(|(id, _)| *id == rule);
    found.unwrap_or_else(|| panic!("no finding of {rule}")).1["fingerprint"].as_str().unwrap().to_owned()
}

/// The text of an exceptions file with one exception.
fn exception(rule: &str, fingerprint: &str, expires: &str) -> String {
    format!(
        "kind: exceptions
version: 1
exceptions:
  - id: EX-1
    rule: {rule}
    integration: support-reply-drafts
    flow: draft-reply
    fingerprint: {fingerprint}
    reason: The cap comes with the gateway.
    owner: platform@example.com
    approver: privacy@example.com
    ticket: RISK-123
    expires: {expires}
"
    )
}

fn excepted() -> Folder {
    let folder = repository();
    let text = exception(RULE, &fingerprint(&folder, RULE), "2027-03-31+08:00");
    folder.write("exceptions.yaml", &text);
    folder
}

// ---- Exceptions ------------------------------------------------------------------------------------------------------

#[test]
fn an_exception_sets_its_finding_aside_and_stays_in_sight() {
    let folder = excepted();
    assert_eq!(judged(&folder, TODAY, &["--no-exceptions"]).0, 10);
    let (code, result) = judged(&folder, TODAY, &[]);
    assert_eq!(code, 0);
    let [(RULE, finding)] = findings(&result)[..] else { panic!("{result}") };
    assert_eq!(finding["status"], "violated");
    let aside = &finding["aside"];
    assert_eq!((aside["by"].as_str(), aside["verdict"].as_str()), (Some("exception"), Some("conditional")));
    assert_eq!(aside["approval"]["approver"], "privacy@example.com");
    assert_eq!((aside["place"]["file"].as_str(), aside["place"]["line"].as_i64()), (Some("exceptions.yaml"), Some(4)));
    let text = tidegate(&folder.0, &["check", "--as-of=2026-11-22"]).stdout;
    assert!(text.contains("Excepted") && text.contains("RISK-123; until 2027-03-31+08:00"), "{text}");
    assert!(text.contains("Findings that do not count: 1 excepted"), "{text}");
}

#[test]
fn an_exception_ends_on_its_day() {
    let folder = repository();
    folder.write("exceptions.yaml", &exception(RULE, &fingerprint(&folder, RULE), "2026-12-31+08:00"));
    for (day, code, notice) in [
        ("2026-11-22", 0, None),
        ("2026-12-01", 0, Some("exceptions/expiring")),
        ("2026-12-31", 0, Some("exceptions/expiring")),
        ("2027-01-01", 10, Some("exceptions/expired")),
    ] {
        let (found, result) = judged(&folder, day, &[]);
        assert_eq!((found, notices(&result)), (code, Vec::from_iter(notice)), "{day}");
    }
}

#[test]
fn an_exception_holds_for_the_facts_it_was_approved_on() {
    let folder = excepted();
    let text = fs::read_to_string(folder.0.join("app/integration.yaml")).unwrap();
    folder.write("app/integration.yaml", &format!("# A line more.\n\n{text}"));
    assert_eq!(judged(&folder, TODAY, &[]).0, 0, "a moved line is no other fact");
    folder.write("app/integration.yaml", &text.replace("anomaly_alerts: true", "anomaly_alerts: false"));
    let (code, result) = judged(&folder, TODAY, &[]);
    assert_eq!((code, notices(&result)), (10, vec!["exceptions/superseded"]));
}

#[test]
fn an_exception_without_a_finding_is_told() {
    let folder = excepted();
    folder.write("app/integration.yaml", &manifest());
    let (code, result) = judged(&folder, TODAY, &[]);
    assert_eq!((code, notices(&result)), (0, vec!["exceptions/unused"]));
    folder.write("other/integration.yaml", &manifest().replace("id: support-reply-drafts", "id: another"));
    let (_, result) = judged(&folder, TODAY, &["other"]);
    assert_eq!(notices(&result), Vec::<&str>::new(), "a check of other flows says nothing of it");
}

#[test]
fn what_nobody_knows_cannot_be_waived() {
    let folder = repository();
    let text = fs::read_to_string(folder.0.join("app/integration.yaml")).unwrap();
    folder.write(
        "app/integration.yaml",
        &text.replace("    end_users: {minimum_age: 18, countries: [DE, FR, TW]}\n", ""),
    );
    let (_, result) = judged(&folder, TODAY, &[]);
    let (rule, finding) = findings(&result).into_iter().find(|(_, rule)| rule["status"] == "undetermined").unwrap();
    folder.write("exceptions.yaml", &exception(rule, finding["fingerprint"].as_str().unwrap(), "2027-03-31Z"));
    let (code, after) = judged(&folder, TODAY, &[]);
    assert_eq!((code, notices(&after)), (11, vec!["exceptions/undetermined"]));
    assert_eq!(findings(&after), findings(&result));
}

#[test]
fn some_rules_nobody_may_waive() {
    let folder = repository();
    folder.write("app/integration.yaml", &manifest().replace("minimum_age: 18", "minimum_age: 9"));
    let rule = "terms/minimum-age";
    folder.write("exceptions.yaml", &exception(rule, &fingerprint(&folder, rule), "2027-03-31Z"));
    let (code, result) = judged(&folder, TODAY, &[]);
    assert_eq!((code, notices(&result)), (12, vec!["exceptions/not-waivable"]));
}

#[test]
fn the_list_says_how_exceptions_stand() {
    let folder = excepted();
    let list = |day: &str| tidegate(&folder.0, &["exceptions", "list", &format!("--as-of={day}")]);
    let run = list(TODAY);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert!(run.stdout.contains("EX-1  in use, until 2027-03-31+08:00"), "{}", run.shown());
    let run = list("2027-04-01");
    assert_eq!(run.code, Some(10), "{}", run.shown());
    assert!(run.stdout.contains("EX-1  expired"), "{}", run.shown());
}

#[test]
fn a_faulty_exception_stops_the_check() {
    let folder = excepted();
    let good = fs::read_to_string(folder.0.join("exceptions.yaml")).unwrap();
    for (from, to, message) in [
        ("approver: privacy@example.com", "approver: Platform@example.com", "approves an exception of their own"),
        ("rule: base/usage-limits", "rule: base/usage-limit", "there is no rule `base/usage-limit`"),
        ("expires: 2027-03-31+08:00", "expires: 2027-03-31", "expires"),
        ("expires: 2027-03-31+08:00", "expires: 2027-02-30Z", "expires"),
        ("    expires: 2027-03-31+08:00\n", "", "lacks `expires`"),
        ("    reason: The cap comes with the gateway.\n", "    reason: ''\n", "reason"),
        ("    ticket: RISK-123\n", "    tickets: RISK-123\n", "unknown key `tickets`"),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good, "{from}");
        folder.write("exceptions.yaml", &bad);
        let run = tidegate(&folder.0, &["check", "--as-of=2026-11-22"]);
        assert_eq!(run.code, Some(3), "{to}: {}", run.shown());
        assert!(run.stderr.contains(message) && run.stderr.contains("exceptions.yaml:"), "{}", run.shown());
    }
}

// ---- tidegate.yaml ---------------------------------------------------------------------------------------------------

fn configured(folder: &Folder, lines: &str) {
    folder.write("tidegate.yaml", &format!("kind: config\nversion: 1\n{lines}"));
}

const ADVISE: &str = "enforcement:
  - rules: [base/*]
    level: advise
    reason: The gateway is being built.
    until: 2026-12-31
";

#[test]
fn a_rule_of_the_house_may_advise_for_a_time() {
    let folder = repository();
    configured(&folder, ADVISE);
    let (code, result) = judged(&folder, TODAY, &[]);
    assert_eq!(code, 0);
    assert_eq!(findings(&result)[0].1["aside"]["by"], "advice");
    assert_eq!(judged(&folder, "2026-12-31", &[]).0, 0);
    assert_eq!(judged(&folder, "2027-01-01", &[]).0, 10, "the entry has ended");
    configured(&folder, &format!("{ADVISE}  - {{rules: [{RULE}], level: gate, reason: This one counts.}}\n"));
    assert_eq!(judged(&folder, TODAY, &[]).0, 10, "the last entry about a rule holds");
}

#[test]
fn laws_and_customer_contracts_cannot_be_lowered() {
    let folder = repository();
    for rules in ["gdpr/*", "gdpr/6-lawful-basis", "contract/*", "tw-pdpa/*"] {
        configured(&folder, &ADVISE.replace("base/*", rules));
        let run = tidegate(&folder.0, &["check", "--as-of=2026-11-22"]);
        assert_eq!(run.code, Some(3), "{}", run.shown());
        assert!(run.stderr.contains("are mandatory"), "{}", run.shown());
    }
}

#[test]
fn a_law_that_does_not_apply_is_switched_off_with_a_reason() {
    let folder = repository();
    folder.write("app/integration.yaml", &manifest().replace("{gdpr: [A6-1-b], tw-pdpa", "{tw-pdpa"));
    assert_eq!(judged(&folder, TODAY, &[]).0, 10);
    configured(&folder, "packs_off: {gdpr: We have neither people nor a place in the Union.}\n");
    let (code, result) = judged(&folder, TODAY, &[]);
    assert_eq!(code, 0);
    assert!(findings(&result).iter().all(|(_, finding)| finding["aside"]["by"] == "pack-off"));
}

#[test]
fn a_faulty_configuration_stops_the_check() {
    let folder = repository();
    for (lines, message) in [
        ("path: [app]\n", "unknown key `path`"),
        ("packs_off: {base: We need no house rules.}\n", "belongs to no law"),
        ("packs_off: {gdrp: No.}\n", "there is no pack `gdrp`"),
        ("packs_off: [gdpr]\n", "packs_off"),
        (&ADVISE.replace("base/*", "bas/*"), "there is no pack `bas`"),
        (&ADVISE.replace("base/*", "base/usage-limit"), "there is no rule `base/usage-limit`"),
        (&ADVISE.replace("    reason: The gateway is being built.\n", ""), "lacks `reason`"),
        ("exclude: ['a{b']\n", "exclude"),
    ] {
        configured(&folder, lines);
        let run = tidegate(&folder.0, &["check", "--as-of=2026-11-22"]);
        assert_eq!(run.code, Some(3), "{lines}: {}", run.shown());
        assert!(run.stderr.contains(message), "{lines}: {}", run.shown());
    }
}

#[test]
fn the_configuration_holds_in_every_folder_below() {
    let folder = repository();
    configured(&folder, ADVISE);
    let check = |from: &str, further: &[&str]| {
        tidegate(&folder.0.join(from), &[&["check", "--as-of=2026-11-22"], further].concat())
    };
    let run = check("app", &[]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert!(run.stdout.contains("config: ../tidegate.yaml"), "{}", run.shown());
    assert_eq!(check("app", &["--no-config", "--contracts=../contracts"]).code, Some(10));
    // Above the root of a repository is somebody else's.
    fs::create_dir(folder.0.join("app/.git")).unwrap();
    assert_eq!(check("app", &["--contracts=../contracts"]).code, Some(10));
}

#[test]
fn what_git_ignores_and_what_is_excluded_is_not_looked_at() {
    let folder = repository();
    let other = manifest().replace("id: support-reply-drafts", "id: another");
    folder.write("build/integration.yaml", &other);
    let flows = |further: &[&str]| judged(&folder, TODAY, further).1["summary"]["flows"].as_i64().unwrap();
    assert_eq!(flows(&[]), 2);
    configured(&folder, "exclude: [build/]\n");
    assert_eq!(flows(&[]), 1);
    configured(&folder, "");
    folder.write(".gitignore", "build/\n");
    assert_eq!(flows(&[]), 1);
    assert_eq!(flows(&["build/integration.yaml"]), 1, "a file that is named is judged");
    configured(&folder, "paths: [app, build]\n");
    assert_eq!(flows(&[]), 2, "and so is a folder");
}

// ---- The baseline ----------------------------------------------------------------------------------------------------

#[test]
fn what_was_known_before_does_not_count_and_what_is_new_does() {
    let folder = repository();
    let save = tidegate(&folder.0, &["check", "--as-of=2026-11-22", "--format=json=baseline.json"]);
    assert_eq!(save.code, Some(10), "{}", save.shown());
    let with = ["--baseline=baseline.json"];
    let (code, result) = judged(&folder, TODAY, &with);
    assert_eq!(code, 0);
    let [(RULE, finding)] = findings(&result)[..] else { panic!("{result}") };
    assert_eq!(finding["aside"]["by"], "baseline");
    configured(&folder, "baseline: baseline.json\n");
    assert_eq!(judged(&folder, TODAY, &[]).0, 0);
    // A new finding counts, and so does the old one on other facts.
    let text = fs::read_to_string(folder.0.join("app/integration.yaml")).unwrap();
    folder.write("app/integration.yaml", &text.replace("{gdpr: [A6-1-b], tw-pdpa", "{tw-pdpa"));
    assert_eq!(judged(&folder, TODAY, &with).0, 10);
    folder.write("app/integration.yaml", &text.replace("anomaly_alerts: true", "anomaly_alerts: false"));
    assert_eq!(judged(&folder, TODAY, &with).0, 10);
}

#[test]
fn a_baseline_does_not_outlive_an_exception() {
    let folder = excepted();
    tidegate(&folder.0, &["check", "--as-of=2026-11-22", "--format=json=baseline.json"]);
    fs::remove_file(folder.0.join("exceptions.yaml")).unwrap();
    assert_eq!(judged(&folder, TODAY, &["--baseline=baseline.json"]).0, 10);
}

#[test]
fn a_faulty_baseline_stops_the_check() {
    let folder = repository();
    for (text, message) in [("", "not JSON"), ("{}", "no `version`"), ("{\"version\": 99}", "version 99")] {
        folder.write("baseline.json", text);
        let run = tidegate(&folder.0, &["check", "--baseline=baseline.json"]);
        assert_eq!(run.code, Some(3), "{}", run.shown());
        assert!(run.stderr.contains(message), "{}", run.shown());
    }
    assert_eq!(tidegate(&folder.0, &["check", "--baseline=none.json"]).code, Some(3));
}

// ---- The start -------------------------------------------------------------------------------------------------------

#[test]
fn a_repository_goes_from_nothing_to_a_passing_gate() {
    let folder = Folder::new();
    let git = Command::new("git").args(["init", "--quiet"]).current_dir(&folder.0).status().unwrap();
    assert!(git.success());
    let check = || tidegate(&folder.0, &["check", "--as-of=2026-11-22"]);
    assert_eq!(check().code, Some(4), "no manifest is no pass");
    let init = tidegate(&folder.0, &["init"]);
    assert_eq!(init.code, Some(0), "{}", init.shown());
    let run = check();
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert!(run.stdout.contains("config: tidegate.yaml"), "{}", run.shown());
    // A second start overwrites nothing.
    folder.write("tidegate.yaml", "kind: config\nversion: 1\n");
    fs::remove_file(folder.0.join("exceptions.yaml")).unwrap();
    let again = tidegate(&folder.0, &["init"]);
    assert!(again.stdout.contains("tidegate.yaml was there") && again.stdout.contains("exceptions.yaml written"));
    assert_eq!(fs::read_to_string(folder.0.join("tidegate.yaml")).unwrap(), "kind: config\nversion: 1\n");
    // The entries that the starter shows in comments are right, too.
    let starter = fs::read_to_string(root().join("starter/tidegate.yaml")).unwrap();
    let shown: String = starter
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(entry) if entry.starts_with("  ") && !entry.contains("tidegate check") => entry,
            Some(entry)
                if ["exclude:", "contracts:", "enforcement:", "packs_off:", "organisation:", "not_integrations:"]
                    .iter()
                    .any(|key| entry.starts_with(key)) =>
            {
                entry
            }
            _ => line,
        })
        .fold(String::new(), |text, line| text + line + "\n");
    fs::create_dir(folder.0.join("contracts")).unwrap();
    folder.write("tidegate.yaml", &shown);
    let run = check();
    assert_eq!(run.code, Some(0), "{shown}\n{}", run.shown());
}
