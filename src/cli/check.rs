//! `tidegate check`: the gate.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};

use super::args::{CheckArgs, FolderArgs, OutputArgs};
use super::{Exit, Outcome, Surroundings, output, setup};
use crate::gate::{Baseline, Gate};
use crate::knowledge::Known;
use crate::load;
use crate::model::Manifest;
use crate::pipeline::{Manner, Run, evaluate};
use crate::problem::Problem;
use crate::report::{Detail, Report};
use crate::resolve::Absent;
use crate::source::SourceFile;
use crate::workspace::{Reach, Workspace, manifest_texts};

/// Below this many flows a run is over before a bar could be read.
const LONG_RUN: usize = 500;

/// What a run about manifests needs, read and checked.
pub(super) struct Opened {
    pub(super) workspace: Workspace,
    pub(super) manifests: Vec<Known<Manifest>>,
    /// The earlier result that counts, and its text.
    pub(super) baseline: Option<(Baseline, Arc<SourceFile>)>,
}

pub(super) fn run(args: &CheckArgs, around: &Surroundings) -> Outcome {
    if let Some(message) = args.output.render.conflict() {
        return Outcome::usage(&message);
    }
    let reach = if args.output.render.detail() == Detail::All { Reach::All } else { Reach::Named };
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
    judge(workspace, &opened.manifests, &args.output, Absent::NotDone, gate, around)
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
    let paths = if paths.is_empty() { setup.paths.as_slice() } else { paths };
    let opened = Workspace::open(&setup.folders, reach, |problems| manifest_texts(paths, &setup.exclude, problems));
    let (workspace, manifests) = opened.map_err(|problems| Outcome::invalid(&problems, around))?;
    if manifests.is_empty() {
        let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Outcome::stopped(
            Exit::Nothing,
            format!(
                "nothing to check: no integration.yaml or *.integration.yaml (.yml, .json) under {}\n",
                paths.join(", ")
            ),
        ));
    }
    let baseline = baseline.or(setup.baseline.as_ref()).map(|path| self::baseline(path)).transpose();
    let baseline = baseline.map_err(|problems| Outcome::invalid(&problems, around))?;
    Ok(Opened { workspace, manifests, baseline })
}

fn baseline(path: &Path) -> Result<(Baseline, Arc<SourceFile>), Vec<Problem>> {
    let file = load::read_result(path).map_err(|problem| vec![problem])?;
    Ok((Baseline::of(&Report::read(&file)?), file))
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
    let manner = Manner { detail: args.render.detail(), progress: &progress };
    let report = evaluate(workspace, manifests, Run { moment, absent, gate, manner });
    bar.finish_and_clear();
    match report {
        Ok(report) => output::deliver(&report, &args.render, around),
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
