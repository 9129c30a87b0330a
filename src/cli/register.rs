//! `tidegate register`: what an organisation must keep on its flows, as files.

use std::fmt::Write;

use super::args::RegisterArgs;
use super::check::{baseline, nothing};
use super::{Exit, Outcome, Surroundings, setup};
use crate::gate::Gate;
use crate::knowledge::Listed;
use crate::pipeline::{Manner, Run, evaluate};
use crate::registers;
use crate::report::Detail;
use crate::resolve::Absent;
use crate::save;
use crate::workspace::{Reach, Workspace, manifest_texts};

pub(super) fn run(args: &RegisterArgs, around: &Surroundings) -> Outcome {
    written(args, around).unwrap_or_else(|outcome| outcome)
}

fn written(args: &RegisterArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let setup = setup(&args.folders, around)?;
    let moment = around.moment(args.as_of)?;
    let paths = if args.paths.is_empty() { &setup.paths } else { &args.paths };
    let texts = |problems: &mut Vec<_>| manifest_texts(paths, &setup.exclude, problems);
    // Names of recipients stand in profiles that no manifest need name.
    let opened = Workspace::open(&setup.folders, Reach::All, texts);
    let (workspace, manifests) = opened.map_err(|problems| Outcome::invalid(&problems, around))?;
    if manifests.is_empty() {
        return Err(nothing(paths));
    }
    let earlier = args.baseline.as_ref().or(setup.baseline.as_ref()).map(|path| baseline(path)).transpose();
    let earlier = earlier.map_err(|problems| Outcome::invalid(&problems, around))?;
    let gate = Gate {
        config: workspace.config.as_ref(),
        exceptions: workspace.exceptions.as_ref(),
        baseline: earlier.as_ref().map(|(baseline, _)| baseline),
        whole: args.paths.is_empty(),
    };
    let manner = Manner { detail: Detail::Findings, progress: &|_| {} };
    let run = Run { moment, absent: Absent::NotDone, gate, manner };
    let report = evaluate(&workspace, &manifests, run).map_err(|message| Outcome::failed(&message))?;
    let manifests = Listed::read_all(&manifests).map_err(|message| Outcome::failed(&message))?;
    let files =
        registers::files(&workspace, &manifests, &report, moment).map_err(|message| Outcome::failed(&message))?;
    let mut output = String::new();
    for (name, text) in &files {
        let path = args.out.join(name);
        save::file(&path, text).map_err(|error| {
            Outcome::stopped(Exit::Failure, format!("error: cannot write `{}`: {error}\n", path.display()))
        })?;
        let _ = writeln!(output, "{} is written", path.display());
    }
    Ok(Outcome::done(output))
}
