//! `tidegate test`: scenarios for rule authors.

use std::fmt::Write;

use super::args::TestArgs;
use super::{Exit, Outcome, Surroundings, setup};
use crate::scenario::{Coverage, Mismatch, mutate, read_pages, test};
use crate::workspace::{Reach, Workspace};

pub(super) fn run(args: &TestArgs, around: &Surroundings) -> Outcome {
    let mut folders = match setup(&args.folders, around) {
        Ok(setup) => setup.folders,
        Err(outcome) => return outcome,
    };
    // Scenarios bring their own contracts.
    folders.contracts.clear();
    let (workspace, _) = match Workspace::open(&folders, Reach::All, |_| Vec::new()) {
        Ok(opened) => opened,
        Err(problems) => return Outcome::invalid(&problems, around),
    };
    let mut problems = Vec::new();
    let scenarios = read_pages(&args.paths, &mut problems);
    if !problems.is_empty() {
        return Outcome::invalid(&problems, around);
    }
    if scenarios.is_empty() {
        return Outcome::stopped(Exit::Nothing, "no scenarios: no page under the paths has a YAML block\n");
    }
    let (tested, coverage) = match test(&workspace, &scenarios) {
        Ok(tested) => tested,
        Err(message) => return Outcome::failed(&message),
    };
    let mut output = String::new();
    let failed: Vec<_> = tested.iter().filter(|tested| !tested.mismatches.is_empty()).collect();
    for tested in &failed {
        let scenario = tested.scenario;
        let _ = writeln!(output, "✗ {}:{}  {}", scenario.file.path, scenario.line, scenario.heading);
        for mismatch in &tested.mismatches {
            let _ = writeln!(output, "    {}", words(mismatch));
        }
    }
    let uncovered =
        if args.no_coverage { Vec::new() } else { uncovered(&workspace, &coverage, !folders.policies.is_empty()) };
    for line in &uncovered {
        let _ = writeln!(output, "✗ {line}");
    }
    let passed = tested.len() - failed.len();
    let _ = writeln!(output, "{passed} passed, {} failed", failed.len() + uncovered.len());
    let mut sound = failed.is_empty() && uncovered.is_empty();
    if args.mutants && failed.is_empty() {
        let own = !folders.policies.is_empty();
        match mutate(&workspace, &scenarios, &tested, |rule| !own || !rule.file.embedded) {
            Ok(mutation) => {
                for (rule, change) in &mutation.survivors {
                    let _ = writeln!(output, "✗ no scenario notices a change of {rule}: {change}");
                }
                let survived = mutation.survivors.len();
                let _ = writeln!(output, "{} changed rules tried, {survived} not noticed", mutation.tried);
                sound &= survived == 0;
            }
            Err(message) => return Outcome::failed(&message),
        }
    }
    let exit = if sound { Exit::Permitted } else { Exit::Failure };
    Outcome { output, messages: String::new(), exit }
}

fn words(mismatch: &Mismatch) -> String {
    match mismatch {
        Mismatch::Verdict { expected, found } => format!("expected {expected}, found {found}"),
        Mismatch::Noisy(rule, status) => format!("noisy: {rule} is {status}, which the page does not list"),
        Mismatch::Missing(rule, status) => format!("missing: {rule} is not {status}"),
        Mismatch::Broken(message) => format!("broken: {message}"),
    }
}

/// Rules that no scenario violates, or none satisfies. With rules of the user's own, only those count.
fn uncovered(workspace: &Workspace, coverage: &Coverage, own: bool) -> Vec<String> {
    let rules = workspace.book.rules.values().filter(|rule| !own || !rule.file.embedded);
    rules
        .flat_map(|rule| {
            let violated = (!coverage.violated.contains(&rule.id)).then(|| format!("no scenario violates {}", rule.id));
            let satisfied =
                (!coverage.satisfied.contains(&rule.id)).then(|| format!("no scenario satisfies {}", rule.id));
            violated.into_iter().chain(satisfied)
        })
        .collect()
}
