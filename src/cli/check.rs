//! `tidegate check`: the gate.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};

use super::args::{CheckArgs, FolderArgs, OutputArgs};
use super::delivery::Delivery;
use super::setup::{Setup, setup};
use super::{Exit, Outcome, Surroundings, discover};
use crate::gate::{Baseline, Gate};
use crate::knowledge::Listed;
use crate::load;
use crate::pipeline::{Manner, Run, evaluate_in_parts};
use crate::problem::Problem;
use crate::report::{Detail, Notice, Report};
use crate::resolve::Absent;
use crate::source::SourceFile;
use crate::workspace::{Reach, Workspace, manifest_texts};

/// Below this many flows a run is over before a bar could be read.
const LONG_RUN: usize = 500;

/// What a run about manifests needs, read and checked.
pub(super) struct Opened {
    pub(super) setup: Setup,
    /// Where manifests were looked for.
    pub(super) paths: Vec<PathBuf>,
    pub(super) workspace: Workspace,
    pub(super) manifests: Vec<Listed>,
    /// The earlier result that counts, and its text.
    pub(super) baseline: Option<(Baseline, Arc<SourceFile>)>,
}

pub(super) fn run(args: &CheckArgs, around: &Surroundings) -> Outcome {
    if let Some(message) = args.output.render.conflict() {
        return Outcome::usage(&message);
    }
    let all = args.discover || args.output.render.detail() == Detail::All;
    let reach = if all { Reach::All } else { Reach::Named };
    let opened = match open(&args.paths, args.baseline.as_ref(), &args.folders, reach, around) {
        Ok(opened) => opened,
        Err(outcome) => return outcome,
    };
    let workspace = &opened.workspace;
    let gate = Gate {
        config: workspace.config.as_ref(),
        exceptions: workspace.exceptions.as_ref().filter(|_| !args.no_exceptions),
        baseline: opened.baseline.as_ref().map(|(baseline, _)| baseline),
        whole: args.paths.is_empty(),
    };
    let found =
        args.discover.then(|| discover::look(&opened.paths, &opened.setup, workspace, &opened.manifests)).transpose();
    let notices = match found {
        Ok(found) => found.map(|found| found.notices()).unwrap_or_default(),
        Err(problems) => return Outcome::invalid(&problems, around),
    };
    if opened.manifests.is_empty() && notices.is_empty() {
        return nothing(&opened.paths);
    }
    judge(workspace, &opened.manifests, &args.output, Judging { absent: Absent::NotDone, gate, notices }, around)
}

/// Reads the manifests under the paths, and everything that they are judged by.
pub(super) fn open(
    paths: &[PathBuf],
    baseline: Option<&PathBuf>,
    folders: &FolderArgs,
    reach: Reach,
    around: &Surroundings,
) -> Result<Opened, Outcome> {
    let setup = setup(folders, around)?;
    let paths = if paths.is_empty() { setup.paths.clone() } else { paths.to_vec() };
    let opened = Workspace::open(&setup.folders, reach, |problems| manifest_texts(&paths, &setup.exclude, problems));
    let (workspace, manifests) = opened.map_err(|problems| Outcome::invalid(&problems, around))?;
    let baseline = baseline.or(setup.baseline.as_ref()).map(|path| self::baseline(path)).transpose();
    let baseline = baseline.map_err(|problems| Outcome::invalid(&problems, around))?;
    Ok(Opened { setup, paths, workspace, manifests, baseline })
}

pub(super) fn nothing(paths: &[PathBuf]) -> Outcome {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let text = "nothing to check: no integration.yaml or *.integration.yaml (.yml, .json) under";
    Outcome::stopped(Exit::Nothing, format!("{text} {}\n", paths.join(", ")))
}

pub(super) fn baseline(path: &Path) -> Result<(Baseline, Arc<SourceFile>), Vec<Problem>> {
    let file = load::read_result(path).map_err(|problem| vec![problem])?;
    Ok((Baseline::of(&Report::read(&file)?), file))
}

/// What a run counts.
#[derive(Debug)]
pub(super) struct Judging<'a> {
    /// What it means that a manifest does not say something.
    pub(super) absent: Absent,
    /// What sets findings aside.
    pub(super) gate: Gate<'a>,
    /// What there is to say beyond the flows.
    pub(super) notices: Vec<Notice>,
}

/// Decides and renders: the same for manifests and questions.
pub(super) fn judge(
    workspace: &Workspace,
    manifests: &[Listed],
    args: &OutputArgs,
    judging: Judging<'_>,
    around: &Surroundings,
) -> Outcome {
    let moment = match around.moment(args.as_of) {
        Ok(moment) => moment,
        Err(outcome) => return outcome,
    };
    let flows = manifests.iter().map(|manifest| manifest.flows).sum();
    let bar = progress(flows, around);
    let progress = |done| bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    let manner = Manner { detail: args.render.detail(), progress: &progress };
    let Judging { absent, gate, notices } = judging;
    let mut delivery = Delivery::new(&args.render, around);
    let report = evaluate_in_parts(workspace, manifests, Run { moment, absent, gate, manner }, &mut |part| {
        // The bar and the text may share a terminal.
        bar.suspend(|| delivery.part(part))
    });
    bar.finish_and_clear();
    match report {
        Ok(mut report) => {
            report.tell(notices);
            delivery.end(report)
        }
        Err(message) => Outcome::failed(&message),
    }
}

pub(super) fn progress(flows: usize, around: &Surroundings) -> ProgressBar {
    if flows < LONG_RUN || !around.watched {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(flows).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} flows") {
        bar.set_style(style);
    }
    bar
}
