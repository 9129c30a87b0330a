//! `tidegate check`: the gate.

use indicatif::{ProgressBar, ProgressStyle};

use super::args::{CheckArgs, Format, OutputArgs};
use super::{Exit, Outcome, Surroundings, setup};
use crate::gate::Gate;
use crate::knowledge::Known;
use crate::model::Manifest;
use crate::pipeline::{Manner, Run, evaluate};
use crate::render;
use crate::report::Detail;
use crate::resolve::Absent;
use crate::workspace::{Reach, Workspace, manifest_texts};

/// Below this many flows a run is over before a bar could be read.
const LONG_RUN: usize = 500;

pub(super) fn run(args: &CheckArgs, around: &Surroundings) -> Outcome {
    let reach = if detail(&args.output) == Detail::All { Reach::All } else { Reach::Named };
    let setup = match setup(&args.folders, around) {
        Ok(setup) => setup,
        Err(outcome) => return outcome,
    };
    let paths = if args.paths.is_empty() { &setup.paths } else { &args.paths };
    let opened = Workspace::open(&setup.folders, reach, |problems| manifest_texts(paths, &setup.exclude, problems));
    let (workspace, manifests) = match opened {
        Ok(opened) => opened,
        Err(problems) => return Outcome::invalid(&problems, around),
    };
    if manifests.is_empty() {
        let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Outcome::stopped(
            Exit::Nothing,
            format!(
                "nothing to check: no integration.yaml or *.integration.yaml (.yml, .json) under {}\n",
                paths.join(", ")
            ),
        );
    }
    let gate = Gate {
        config: workspace.config.as_ref(),
        exceptions: workspace.exceptions.as_ref().filter(|_| !args.no_exceptions),
        baseline: None,
        whole: args.paths.is_empty(),
    };
    judge(&workspace, &manifests, &args.output, Absent::NotDone, gate, around)
}

/// Decides and renders: the same for manifests and questions.
pub(super) fn judge(
    workspace: &Workspace,
    manifests: &[Known<Manifest>],
    args: &OutputArgs,
    absent: Absent,
    gate: Gate<'_>,
    around: &Surroundings,
) -> Outcome {
    let moment = match around.moment(args.as_of) {
        Ok(moment) => moment,
        Err(outcome) => return outcome,
    };
    let flows = manifests.iter().map(|manifest| manifest.model.flows.len()).sum();
    let bar = progress(flows, around);
    let progress = |done| bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    let manner = Manner { detail: detail(args), progress: &progress };
    let report = evaluate(workspace, manifests, Run { moment, absent, gate, manner });
    bar.finish_and_clear();
    let report = match report {
        Ok(report) => report,
        Err(message) => return Outcome::failed(&message),
    };
    let exit = report.verdict.map_or(Exit::Nothing, Exit::from);
    let output = match args.format {
        Format::Text => render::text::render(&report, around.width, args.verbose),
        Format::Json => match render::json(&report) {
            Ok(json) => json,
            Err(message) => return Outcome::failed(&message),
        },
    };
    Outcome { output, messages: String::new(), exit }
}

/// For which rules the output gives the facts.
fn detail(args: &OutputArgs) -> Detail {
    if args.verbose || args.format == Format::Json { Detail::All } else { Detail::Findings }
}

fn progress(flows: usize, around: &Surroundings) -> ProgressBar {
    if flows < LONG_RUN || !around.watched {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(flows).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} flows") {
        bar.set_style(style);
    }
    bar
}
