//! The verbs that show rules and schemas.

use super::args::{ExplainArgs, FolderArgs, SchemaArgs};
use super::{Outcome, Surroundings, setup};
use crate::discover::Discovery;
use crate::document::Kind;
use crate::impact::Impact;
use crate::problem::did_you_mean;
use crate::render;
use crate::report::Report;
use crate::workspace::{Reach, Workspace};

pub(super) fn rules(args: &FolderArgs, around: &Surroundings) -> Outcome {
    with(args, around, |workspace| {
        Outcome::done(render::rules::list(&workspace.book.packs, &workspace.book.rules, around.width))
    })
}

pub(super) fn explain(args: &ExplainArgs, around: &Surroundings) -> Outcome {
    with(&args.folders, around, |workspace| {
        let book = &workspace.book;
        match book.rules.get(&*args.rule) {
            Some(rule) => {
                let pack = book.packs.get(rule.pack());
                Outcome::done(render::rules::explain(
                    rule,
                    pack,
                    &book.catalogue,
                    &workspace.knowledge.vocabulary,
                    around.width,
                ))
            }
            None => unknown("rule", &args.rule, book.rules.keys().map(|id| &**id), "tidegate rules"),
        }
    })
}

pub(super) fn schema(args: &SchemaArgs, around: &Surroundings) -> Outcome {
    with(&args.folders, around, |workspace| {
        let schema = match Kind::from_word(&args.kind) {
            Some(kind) => workspace.schemas.published(kind).clone(),
            None if args.kind == "result" => Report::schema(),
            None if args.kind == "impact" => Impact::schema(),
            None if args.kind == "discovery" => Discovery::schema(),
            None if args.kind == "evidence" => crate::evidence::schema(),
            None => {
                let further = ["result", "impact", "discovery", "evidence"];
                let known = Kind::ALL.into_iter().map(Kind::word).chain(further);
                return unknown("kind of document", &args.kind, known, "tidegate schema --help");
            }
        };
        match serde_json::to_string_pretty(&schema) {
            Ok(text) => Outcome::done(text + "\n"),
            Err(error) => Outcome::failed(&error.to_string()),
        }
    })
}

pub(super) fn with(args: &FolderArgs, around: &Surroundings, show: impl FnOnce(&Workspace) -> Outcome) -> Outcome {
    let folders = match setup(args, around) {
        Ok(setup) => setup.folders,
        Err(outcome) => return outcome,
    };
    match Workspace::open(&folders, Reach::All, |_| Vec::new()) {
        Ok((workspace, _)) => show(&workspace),
        Err(problems) => Outcome::invalid(&problems, around),
    }
}

pub(super) fn unknown<'a>(noun: &str, word: &str, known: impl IntoIterator<Item = &'a str>, list: &str) -> Outcome {
    let hint = match did_you_mean(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`{list}` lists them"),
    };
    Outcome::usage(&format!("unknown {noun} `{word}`; {hint}"))
}
