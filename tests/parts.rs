//! A long run is told in parts. What is written on the way is what the whole result gives.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::sync::Arc;

use tidegate::gate::Gate;
use tidegate::knowledge::Listed;
use tidegate::model::Moment;
use tidegate::pipeline::{Manner, Run, evaluate, evaluate_in_parts};
use tidegate::problem::Problem;
use tidegate::render::{json, text};
use tidegate::report::{AsideBy, Detail, Lines, Report, Verdict, merge};
use tidegate::resolve::Absent;
use tidegate::source::SourceFile;
use tidegate::workspace::{Folders, Reach, Workspace};

/// More flows than one part has; the example has one flow.
const MANIFESTS: usize = 520;
const EXAMPLE: &str = "health-notes";
const RULE: &str = "hipaa/502-business-associate";

fn id(number: usize) -> String {
    format!("copy-{number:03}")
}

/// Copies of an example, given in another order than they are told.
fn open(folders: &Folders) -> (Workspace, Vec<Listed>) {
    let text = std::fs::read_to_string(format!("examples/{EXAMPLE}/integration.yaml")).unwrap();
    let copy = |number| {
        let text = text.replacen(&format!("id: {EXAMPLE}"), &format!("id: {}", id(number)), 1);
        Arc::new(SourceFile::new(format!("{}/integration.yaml", id(number)), text, false))
    };
    Workspace::open(folders, Reach::Named, |_: &mut Vec<Problem>| (0..MANIFESTS).rev().map(copy).collect()).unwrap()
}

fn run<'a>(workspace: &'a Workspace, detail: Detail) -> Run<'a> {
    let gate = Gate { exceptions: workspace.exceptions.as_ref(), whole: true, ..Gate::default() };
    let moment = Moment::On("2026-11-22".parse().unwrap());
    Run { moment, absent: Absent::NotDone, gate, manner: Manner { detail, progress: &|_| {} } }
}

fn exception(integration: &str, fingerprint: &str) -> String {
    format!(
        "  - {{id: EX-{integration}, rule: {RULE}, integration: {integration}, flow: shorten-notes, fingerprint: {fingerprint}, \
         reason: For a test., owner: a@example.com, approver: b@example.com, ticket: T-1, expires: 2027-06-30Z}}\n"
    )
}

#[test]
fn parts_give_the_bytes_of_the_whole() {
    let mut folders = Folders { contracts: vec![PathBuf::from("contracts")], ..Folders::default() };
    let (workspace, manifests) = open(&folders);
    let plain = evaluate(&workspace, &manifests, run(&workspace, Detail::Findings)).unwrap();
    let fingerprint = |number: usize| {
        let flow = plain.flows.iter().find(|flow| flow.integration == id(number)).unwrap();
        let rule = flow.rules.iter().find(|rule| &*rule.id == RULE).unwrap();
        rule.fingerprint.clone().unwrap()
    };

    // One in the first part, one in the last, one that waives nothing.
    let last = MANIFESTS - 1;
    let exceptions = [
        "kind: exceptions\nversion: 1\nexceptions:\n".to_owned(),
        exception(&id(0), &fingerprint(0)),
        exception(&id(last), &fingerprint(last)),
        exception("gone", &fingerprint(0)),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exceptions.yaml");
    std::fs::write(&path, exceptions.concat()).unwrap();
    folders.exceptions = Some(path);
    let (workspace, manifests) = open(&folders);
    let run = run(&workspace, Detail::Findings);
    let whole = evaluate(&workspace, &manifests, run).unwrap();

    let (mut told, mut saved, mut lines, mut parts) = (String::new(), String::new(), Lines::new(), 0);
    let mut pieces = json::Pieces::default();
    let mut rest: Report = evaluate_in_parts(&workspace, &manifests, run, &mut |part| {
        parts += 1;
        told.push_str(&text::flows(part, 80, true));
        pieces.part(part, &mut |piece| saved.push_str(piece))?;
        merge(&mut lines, std::mem::take(&mut part.lines));
        Ok(())
    })
    .unwrap();
    merge(&mut rest.lines, lines);
    told.push_str(&text::end(&rest, 80));
    pieces.end(&rest, &mut |piece| saved.push_str(piece)).unwrap();

    assert!(parts > 1, "one part shows nothing");
    assert!(told == text::render(&whole, 80, true), "the text is another one");
    assert!(saved == json::render(&whole).unwrap(), "the JSON is another one");
    assert!(
        saved == serde_json::to_string_pretty(&whole).unwrap() + "\n",
        "the JSON is not that of the published type"
    );
    assert_eq!(whole.flows.len(), MANIFESTS);
    assert!(whole.flows.is_sorted_by(|a, b| a.integration < b.integration));
    assert_eq!((whole.contradiction(), whole.verdict), (None, plain.verdict));
    assert_eq!(whole.summary.set_aside.get(&AsideBy::Exception), Some(&2));
    let notices: Vec<&str> = whole.notices.iter().map(|notice| notice.id.as_str()).collect();
    assert_eq!(notices, ["exceptions/unused"]);
}

/// Nothing to tell is told alike.
#[test]
fn a_result_without_flows_is_the_same_in_pieces() {
    let folders = Folders::default();
    let (workspace, _) = Workspace::open(&folders, Reach::Named, |_: &mut Vec<Problem>| Vec::new()).unwrap();
    let report = evaluate(&workspace, &[], run(&workspace, Detail::All)).unwrap();
    assert_eq!((report.verdict, report.summary.flows), (None::<Verdict>, 0));
    assert!(json::render(&report).unwrap() == serde_json::to_string_pretty(&report).unwrap() + "\n");
}
