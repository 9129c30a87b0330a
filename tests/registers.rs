//! The registers: what stands in them, that every term of the Data Privacy Vocabulary exists, and that no order of files changes a byte.
//!
//! `tests/outside/registers.sh` has parsers that others wrote read the same files.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/binary.rs"]
mod binary;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::Value as Json;
use tidegate::gate::Gate;
use tidegate::knowledge::Listed;
use tidegate::load::Exclude;
use tidegate::model::{Moment, TermType};
use tidegate::pipeline::{Manner, Run, evaluate};
use tidegate::registers::files;
use tidegate::report::Detail;
use tidegate::resolve::Absent;
use tidegate::workspace::{Folders, Reach, Workspace, manifest_texts};

use binary::{Folder, root, tidegate};

const AS_OF: &str = "--as-of=2026-11-22";

type Files = BTreeMap<String, String>;
type Rows = Vec<BTreeMap<String, String>>;

fn moment() -> Moment {
    Moment::On("2026-11-22".parse().unwrap())
}

fn open(paths: &[PathBuf], contracts: PathBuf) -> (Workspace, Vec<Listed>) {
    let folders = Folders { contracts: vec![contracts], ..Folders::default() };
    Workspace::open(&folders, Reach::All, |problems| manifest_texts(paths, &Exclude::default(), problems)).unwrap()
}

fn write(workspace: &Workspace, manifests: &[Listed]) -> Files {
    let manner = Manner { detail: Detail::Findings, progress: &|_| {} };
    let run = Run { moment: moment(), absent: Absent::NotDone, gate: Gate::default(), manner };
    let report = evaluate(workspace, manifests, run).unwrap();
    files(workspace, &Listed::read_all(manifests).unwrap(), &report, moment()).unwrap()
}

static EXAMPLES: LazyLock<Files> = LazyLock::new(|| {
    let (workspace, manifests) = open(&[PathBuf::from("examples")], PathBuf::from("contracts"));
    write(&workspace, &manifests)
});

fn rows(text: &str) -> Rows {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// The registers of one example, made by the program.
fn of_example(name: &str) -> Files {
    let folder = Folder::new();
    let out = folder.0.to_str().unwrap();
    let run = tidegate(root(), &["register", &format!("examples/{name}"), "--out", out, AS_OF]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    let names = fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().path());
    names
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}

/// A table as a reader sees it best: one cell a line.
fn shown(text: &str) -> String {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        head.iter().zip(row.iter()).map(|(name, cell)| format!("{name}: {cell}\n")).collect::<String>()
    });
    rows.collect::<Vec<_>>().join("\n")
}

// ---- What stands in them ---------------------------------------------------------------------------------------------

#[test]
fn the_registers_of_two_examples() {
    for example in ["support-reply-drafts", "raw-conversations-to-chat"] {
        for (name, text) in of_example(example) {
            let text = if name.ends_with(".csv") { shown(&text) } else { text.replace("\r\n", "\n") };
            insta::with_settings!({ omit_expression => true }, {
                insta::assert_snapshot!(format!("{example}-{name}"), text);
            });
        }
    }
}

#[test]
fn every_flow_has_one_record() {
    let (_, manifests) = open(&[PathBuf::from("examples")], PathBuf::from("contracts"));
    let wanted: Vec<(String, String)> = manifests
        .iter()
        .map(|listed| listed.read().unwrap())
        .flat_map(|known| {
            known.model.flows.iter().map(|flow| (known.model.id.clone(), flow.id.clone())).collect::<Vec<_>>()
        })
        .collect();
    let found: Vec<(String, String)> = rows(&EXAMPLES["records-of-processing.csv"])
        .iter()
        .map(|row| (row["integration"].clone(), row["flow"].clone()))
        .collect();
    assert_eq!(found.iter().collect::<BTreeSet<_>>(), wanted.iter().collect::<BTreeSet<_>>());
    assert_eq!(found.len(), wanted.len());
    let json: Json = serde_json::from_str(&EXAMPLES["records-of-processing.jsonld"]).unwrap();
    assert_eq!(json["dpv:hasProcess"].as_array().unwrap().len(), wanted.len());
}

#[test]
fn no_cell_is_empty_and_none_begins_a_formula() {
    for (name, text) in EXAMPLES.iter().filter(|(name, _)| name.ends_with(".csv")) {
        let rows = rows(text);
        assert!(!rows.is_empty(), "{name} has no row");
        for (column, cell) in rows.iter().flatten() {
            assert!(!cell.is_empty(), "{name}: `{column}` is empty");
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{name}: `{column}` is {cell:?}");
        }
    }
}

/// A manifest whose texts a spreadsheet would run.
#[test]
fn what_a_person_wrote_is_no_formula() {
    let manifest = fs::read_to_string("examples/support-reply-drafts/integration.yaml").unwrap();
    let manifest = manifest.replace("title: Draft replies to support tickets", "title: \"=HYPERLINK(1), \\\"x\\\"\"");
    let manifest = manifest.replace("cx-platform@example.com", "\"@cx-platform\"");
    let folder = Folder::new();
    folder.write("integration.yaml", &manifest);
    let (workspace, manifests) = open(std::slice::from_ref(&folder.0), root().join("contracts"));
    let written = write(&workspace, &manifests);
    let row = &rows(&written["records-of-processing.csv"])[0];
    assert_eq!(row["title"], "'=HYPERLINK(1), \"x\"");
    assert_eq!(row["owner"], "'@cx-platform");
}

/// What a flow does not know is told as unknown: places, clocks, recipients.
#[test]
fn what_is_not_known_is_told() {
    let records = rows(&EXAMPLES["records-of-processing.csv"]);
    let unknown = |column: &str| records.iter().filter(|row| row[column] == "unknown").count();
    for column in ["organisation", "representative", "data_protection_officer"] {
        assert_eq!(unknown(column), records.len(), "no configuration names `{column}`");
    }
    let known = unknown("erasure_time_limit");
    assert!((1..records.len()).contains(&known), "time limits are known for some flows and not for others");
    for row in rows(&EXAMPLES["sub-processors.csv"]).iter().filter(|row| row["sub_processor"] == "unknown") {
        assert_eq!(row["countries"], "unknown");
        let known = row["list_of_the_provider"].starts_with("https://");
        assert!(known || row["list_of_the_provider"] == "unknown", "{row:?}");
    }
}

/// The transfers are those of the law: at home is not abroad, and every other place is.
#[test]
fn only_what_leaves_home_is_a_transfer() {
    let transfers = rows(&EXAMPLES["transfers.csv"]);
    let abroad = |law: &str| {
        transfers.iter().filter(|row| row["law"] == law).map(|row| row["country"].as_str()).collect::<BTreeSet<_>>()
    };
    assert!(abroad("gdpr").contains("US") && abroad("gdpr").is_disjoint(&BTreeSet::from(["DE", "IE", "IS", "NO"])));
    assert!(abroad("uk-gdpr").contains("DE") && !abroad("uk-gdpr").contains("GB"));
    assert!(!abroad("tw-pdpa").contains("TW") && !abroad("tw-pdpa").is_empty());
    assert!(abroad("pci-dss").is_empty(), "a standard knows no home");
    for row in transfers.iter().filter(|row| row["law"] == "uk-gdpr" && row["country"] == "DE") {
        assert!(row["adequacy"].contains("UK-ADEQUATE"), "{row:?}");
    }
}

/// The verdict of the rules on transfers is that of a rule that the flow is under.
#[test]
fn a_transfer_without_papers_is_found() {
    let transfers = rows(&EXAMPLES["transfers.csv"]);
    let passed = ["permitted", "no rule applies"];
    let (open, closed): (Vec<_>, Vec<_>) =
        transfers.iter().partition(|row| !passed.contains(&row["verdict_of_transfer_rules"].as_str()));
    assert!(!open.is_empty() && open.iter().all(|row| row["findings"] != "none"), "{open:?}");
    assert!(!closed.is_empty() && closed.iter().all(|row| row["findings"] == "none"), "{closed:?}");
    let carried: Vec<_> = transfers.iter().filter(|row| row["documents"].contains("mechanism: scc")).collect();
    assert!(carried.iter().any(|row| row["verdict_of_transfer_rules"] == "permitted"), "{carried:?}");
}

// ---- Terms of the Data Privacy Vocabulary ----------------------------------------------------------------------------

fn known_terms() -> BTreeSet<String> {
    let text = fs::read_to_string("tests/registers/dpv-2.3-terms.txt").unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// The prefixes of the record.
static CONTEXT: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let json: Json = serde_json::from_str(&EXAMPLES["records-of-processing.jsonld"]).unwrap();
    serde_json::from_value(json["@context"].clone()).unwrap()
});

fn expanded(term: &str) -> Option<String> {
    let (prefix, rest) = term.split_once(':')?;
    Some(format!("{}{rest}", CONTEXT.get(prefix)?))
}

/// Keys, types and references: everything in the record that stands for a term.
fn terms(json: &Json, found: &mut BTreeSet<String>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| terms(item, found)),
        Json::Object(fields) => {
            for (key, value) in fields.iter().filter(|(key, _)| *key != "@context") {
                if key == "@type" || key == "@id" {
                    let one = value.as_str().map(str::to_owned);
                    let many = value.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned);
                    found.extend(one.into_iter().chain(many));
                } else {
                    found.extend((!key.starts_with('@')).then(|| key.clone()));
                    terms(value, found);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn every_term_in_the_record_exists() {
    let known = known_terms();
    let json: Json = serde_json::from_str(&EXAMPLES["records-of-processing.jsonld"]).unwrap();
    let mut found = BTreeSet::new();
    terms(&json, &mut found);
    let full: Vec<String> = found
        .iter()
        .map(|term| if term.starts_with("https://") { term.clone() } else { expanded(term).unwrap() })
        .filter(|iri| iri.contains("w3id.org/dpv"))
        .collect();
    assert!(full.len() > 50, "few terms are used: {full:?}");
    let missing: Vec<&String> = full.iter().filter(|iri| !known.contains(*iri)).collect();
    assert!(missing.is_empty(), "not in DPV 2.3: {missing:?}");
}

/// Also those that no example uses.
#[test]
fn every_term_of_the_vocabulary_and_the_catalogue_exists() {
    let known = known_terms();
    let (workspace, _) = open(&[PathBuf::from("examples")], PathBuf::from("contracts"));
    let vocabulary = &workspace.knowledge.vocabulary;
    let of_words =
        TermType::ALL.into_iter().flat_map(|kind| vocabulary.terms(kind)).filter_map(|(_, term)| term.dpv.clone());
    let of_facts = workspace.book.catalogue.facts.values().flatten().flat_map(|(_, decl)| decl.dpv.values().cloned());
    let used: BTreeSet<String> = of_words.chain(of_facts).collect();
    assert!(used.len() > 150, "{used:?}");
    let missing: Vec<&String> =
        used.iter().filter(|term| expanded(term).is_none_or(|iri| !known.contains(&iri))).collect();
    assert!(missing.is_empty(), "not in DPV 2.3: {missing:?}");
    // A word under `@dpv` must be one that the fact can be.
    for (name, decl) in workspace.book.catalogue.facts.values().flatten() {
        let words: BTreeSet<&str> = match &decl.fact_type {
            tidegate::model::FactType::Name(kind) => {
                workspace.book.catalogue.lists.get(kind).into_iter().flatten().map(String::as_str).collect()
            }
            _ => BTreeSet::from(["yes"]),
        };
        assert!(decl.dpv.keys().all(|word| words.contains(word.as_str())), "{name}: {:?}", decl.dpv);
    }
}

// ---- The calendar ----------------------------------------------------------------------------------------------------

/// The content lines, unfolded.
fn content(text: &str) -> Vec<String> {
    text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
}

fn uids(text: &str) -> Vec<String> {
    content(text).into_iter().filter(|line| line.starts_with("UID:")).collect()
}

#[test]
fn the_calendar_has_every_kind_of_day() {
    let text = &EXAMPLES["expiry.ics"];
    assert!(text.split_terminator("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
    let lines = content(text);
    for wanted in ["CATEGORIES:paper", "CATEGORIES:contract", "CATEGORIES:consent", "CATEGORIES:review"] {
        assert!(lines.iter().any(|line| line == wanted), "{wanted}");
    }
    let uids = uids(text);
    assert_eq!(uids.iter().collect::<BTreeSet<_>>().len(), uids.len(), "two events have one UID");
    assert!(lines.iter().filter(|line| line.starts_with("DTSTAMP")).all(|line| line == "DTSTAMP:20261122T000000Z"));
    // The agreement of contracts/providers/openai-api.yaml.
    assert!(lines.iter().any(|line| line == "DTSTART;VALUE=DATE:20280209"));
}

/// Text in Chinese, exceptions and advice, as a user has them.
#[test]
fn the_calendar_of_a_repository() {
    let folder = Folder::new();
    let manifest = fs::read_to_string("examples/support-reply-drafts/integration.yaml").unwrap();
    let long = "個人資料保護影響評估".repeat(8);
    let later = manifest.replace(
        "ref: DPIA-2026-014, date: 2026-10-01, expires: 2027-09-30",
        "ref: DPIA-2026-014, date: 2026-10-01, expires: 2027-12-31",
    );
    folder.write(
        "integration.yaml",
        &manifest
            .replace("ref: SEC-014, date: 2026-10-01", &format!("ref: {long}, date: 2026-10-01, expires: 2027-01-31")),
    );
    folder.write("tidegate.yaml", "kind: config\nversion: 1\norganisation: {name: 範例有限公司, data_protection_officer: none}\nenforcement:\n  - {rules: [\"terms/*\"], level: advise, reason: a start, until: 2027-02-28}\n");
    let contracts = root().join("contracts");
    let register = |out: &str| {
        let run = tidegate(&folder.0, &["register", "--out", out, "--contracts", contracts.to_str().unwrap(), AS_OF]);
        assert_eq!(run.code, Some(0), "{}", run.shown());
        let read = |name: &str| fs::read_to_string(folder.0.join(out).join(name)).unwrap();
        (read("expiry.ics"), read("records-of-processing.csv"))
    };
    let (calendar, records) = register("first");
    assert!(calendar.split_terminator("\r\n").all(|line| line.len() <= 75));
    let lines = content(&calendar);
    assert!(lines.iter().any(|line| line.starts_with("SUMMARY:") && line.contains(&long)), "{lines:?}");
    assert!(lines.iter().any(|line| line == "CATEGORIES:enforcement"));
    let row = &rows(&records)[0];
    assert_eq!((row["organisation"].as_str(), row["data_protection_officer"].as_str()), ("範例有限公司", "none"));
    assert_eq!(row["representative"], "unknown");
    // A paper that is prolonged is the same event on another day.
    folder.write("integration.yaml", &manifest);
    let (before, _) = register("before");
    folder.write("integration.yaml", &later);
    let (after, _) = register("after");
    assert_ne!(before, after);
    assert_eq!(uids(&before).into_iter().collect::<BTreeSet<_>>(), uids(&after).into_iter().collect());
}

// ---- The run ---------------------------------------------------------------------------------------------------------

#[test]
fn the_order_of_manifests_changes_no_byte() {
    let (workspace, mut manifests) = open(&[PathBuf::from("examples")], PathBuf::from("contracts"));
    manifests.reverse();
    assert!(write(&workspace, &manifests) == *EXAMPLES, "reversed");
    let middle = manifests.len() / 2;
    manifests.rotate_left(middle);
    assert!(write(&workspace, &manifests) == *EXAMPLES, "rotated");
}

#[test]
fn nothing_and_bad_input_write_nothing() {
    let folder = Folder::new();
    let out = folder.0.join("out");
    let run = tidegate(&folder.0, &["register", "--out", "out", AS_OF]);
    assert_eq!(run.code, Some(4), "{}", run.shown());
    folder.write("integration.yaml", "kind: integration\n");
    let run = tidegate(&folder.0, &["register", "--out", "out", AS_OF]);
    assert_eq!(run.code, Some(3), "{}", run.shown());
    assert!(!out.exists());
    let run = tidegate(&folder.0, &["register"]);
    assert_eq!(run.code, Some(2), "{}", run.shown());
}
