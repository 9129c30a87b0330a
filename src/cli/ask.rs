//! `tidegate ask`: a question before there is a manifest.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::args::AskArgs;
use super::check::Judging;
use super::{Outcome, Surroundings, check, setup};
use crate::document::Kind;
use crate::gate::Gate;
use crate::knowledge::Listed;
use crate::resolve::Absent;
use crate::source::SourceFile;
use crate::workspace::{Reach, Workspace};

/// What the question is called as a manifest.
const QUESTION: &str = "question";

pub(super) fn run(args: &AskArgs, around: &Surroundings) -> Outcome {
    if let Some(message) = args.output.render.conflict() {
        return Outcome::usage(&message);
    }
    let folders = match setup(&args.folders, around) {
        Ok(setup) => setup.folders,
        Err(outcome) => return outcome,
    };
    let (workspace, _) = match Workspace::open(&folders, Reach::All, |_| Vec::new()) {
        Ok(opened) => opened,
        Err(problems) => return Outcome::invalid(&problems, around),
    };
    if let Some(message) = wrong_status(args, &workspace) {
        return Outcome::usage(&message);
    }
    let manifest = match question(args) {
        Ok(manifest) => manifest,
        Err(message) => return Outcome::failed(&message),
    };
    let mut problems = Vec::new();
    match manifest.read() {
        Ok(known) => workspace.knowledge.check_manifest(&workspace.book.catalogue, &known, &mut problems),
        Err(message) => return Outcome::failed(&message),
    }
    if !problems.is_empty() {
        // The places lead into the question, which is no file of the user's.
        let messages: Vec<String> = problems
            .iter()
            .map(|problem| match &problem.help {
                Some(help) => format!("{}; {help}", problem.message),
                None => problem.message.clone(),
            })
            .collect();
        return Outcome::usage(&messages.join("\nerror: "));
    }
    // There is no flow that an exception could be about.
    let gate = Gate { config: workspace.config.as_ref(), exceptions: None, baseline: None, whole: false };
    let judging = Judging { absent: Absent::Unknown, gate, notices: Vec::new() };
    check::judge(&workspace, &[manifest], &args.output, judging, around)
}

/// The question in the form of a manifest, with nothing in it that was not given.
fn question(args: &AskArgs) -> Result<Listed, String> {
    let mut flow = Map::new();
    flow.insert("id".into(), json!("ask"));
    flow.insert("purpose".into(), json!(args.purpose));
    flow.insert("service".into(), json!(args.service));
    flow.insert("location".into(), json!(args.location));
    flow.insert("options".into(), json!(args.option));
    for (key, given) in [("features", &args.feature), ("contracts", &args.contract), ("laws", &args.law)] {
        if !given.is_empty() {
            flow.insert(key.into(), json!(given));
        }
    }
    flow.insert("data".into(), Value::Array(args.data.iter().map(|data| item(data)).collect()));
    let manifest = json!({
        "kind": Kind::Integration.word(),
        "version": 1,
        "id": QUESTION,
        "title": "A question without a manifest",
        "owner": "",
        "organisation": {},
        "flows": [flow],
    });
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| error.to_string())?;
    let file = Arc::new(SourceFile::new("(question)", text, false));
    Ok(Listed { file, id: QUESTION.to_owned(), flows: 1 })
}

/// What is wrong with the status of a `--data`, if anything.
fn wrong_status(args: &AskArgs, workspace: &Workspace) -> Option<String> {
    let words = workspace.book.catalogue.lists.get("Status")?;
    let (class, status) = args
        .data
        .iter()
        .filter_map(|data| data.split_once(':'))
        .find(|(_, status)| !words.iter().any(|word| word == status))?;
    Some(format!("`{status}` in `--data {class}:{status}` is no status; one of: {}", words.join(", ")))
}

fn item(data: &str) -> Value {
    match data.split_once(':') {
        Some((class, status)) => json!({ "field": class, "class": class, "status": status }),
        None => json!({ "field": data, "class": data }),
    }
}
