//! `tidegate docs`: what the program knows, as pages for people.

use super::args::DocsArgs;
use super::knowledge::with;
use super::{Exit, Outcome, Surroundings};
use crate::render::docs::pages;
use crate::save::{self, Difference};
use crate::scenario::{Scenario, read_pages, test};

pub(super) fn run(args: &DocsArgs, around: &Surroundings) -> Outcome {
    with(&args.folders, around, |workspace| {
        let mut problems = Vec::new();
        let scenarios: Vec<Scenario> = read_pages(&args.scenarios, &mut problems);
        if !problems.is_empty() {
            return Outcome::invalid(&problems, around);
        }
        let tested = match test(workspace, &scenarios) {
            Ok((tested, _)) => tested,
            Err(message) => return Outcome::failed(&message),
        };
        let flows: Vec<_> = tested.iter().filter_map(|tested| tested.result.as_ref().ok()).collect();
        let pages = pages(&workspace.book, &workspace.knowledge, &flows);
        let shown = args.folder.display();
        let done = if args.check {
            save::differences(&args.folder, &pages).map(|found| found.iter().map(words).collect::<Vec<_>>())
        } else {
            save::write(&args.folder, &pages).map(|()| Vec::new())
        };
        match done {
            Err(error) => Outcome::usage(&error.to_string()),
            Ok(found) if found.is_empty() => {
                let done = if args.check { "is as it should be" } else { "is written" };
                Outcome::done(format!("{shown} {done}: {} pages\n", pages.len()))
            }
            Ok(found) => {
                let help = "the same command without --check writes them anew";
                Outcome::stopped(Exit::Failure, format!("{}\n{help}\n", found.join("\n")))
            }
        }
    })
}

fn words(difference: &Difference) -> String {
    match difference {
        Difference::Missing(path) => format!("✗ {} is missing", path.display()),
        Difference::Changed(path) => format!("✗ {} is out of date", path.display()),
        Difference::Extra(path) => format!("✗ {} should not be there", path.display()),
    }
}
