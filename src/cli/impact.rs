//! `tidegate impact`: what a change does, told before it is made.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::args::FolderArgs;
use super::output::{Target, TargetParser, conflict, or_else};
use super::setup::setup_in;
use super::{Exit, Outcome, Surroundings, WIDTH, check};
use crate::gate::Gate;
use crate::impact::{Impact, State, compare};
use crate::load;
use crate::model::{Date, Moment};
use crate::pipeline::{Manner, Run, evaluate};
use crate::problem::Problem;
use crate::render;
use crate::report::{Detail, Report};
use crate::resolve::Absent;
use crate::workspace::{Reach, Workspace, manifest_texts};

/// What the user calls the work tree.
const HEAD: &str = "the work tree";

const EXIT_CODES: &str = "Exit codes:
   0  no flow is loosened
  10  a flow is loosened (or what --fail-on says): somebody has to approve it
   1  Tidegate failed
   2  the command line is wrong
   3  a document is invalid, in one of the two states
   4  there was nothing to check, in both states";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct ImpactArgs {
    /// Folders to search for manifests, or manifests, in both states
    /// [default: the paths of each state's tidegate.yaml, or the folder that it is in]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    base: BaseArgs,
    /// What ends with exit code 10
    #[arg(long, value_name = "WHAT", default_value = "loosened")]
    fail_on: FailOn,
    /// The day of the decision [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// The form, to standard output or into a file; may be repeated [default: text]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = TargetParser::<Format>::new())]
    format: Vec<Target<Format>>,
    #[command(flatten)]
    folders: FolderArgs,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct BaseArgs {
    /// The state before: a revision that git knows, or a folder with another checkout of what is in the working folder
    #[arg(long, value_name = "REVISION|DIR")]
    base: Option<String>,
    /// The state before: what `tidegate check --format json` saved, also of an earlier Tidegate
    #[arg(long, value_name = "RESULT.json")]
    base_result: Option<PathBuf>,
}

/// What needs an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// A flow has a better verdict than before
    Loosened,
    /// That, or a rule counts less than before on a flow whose verdict is not better
    Eased,
    /// Any flow that is told
    Any,
}

/// The forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs; `tidegate schema impact` prints its schema
    Json,
    /// Markdown, for a comment on a pull request
    Markdown,
}

pub(super) fn run(args: &ImpactArgs, around: &Surroundings) -> Outcome {
    impact(args, around).unwrap_or_else(|outcome| outcome)
}

fn impact(args: &ImpactArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let targets = or_else(&args.format, Format::Text);
    if let Some(message) = conflict(&targets) {
        return Err(Outcome::usage(&message));
    }
    let asked = Asked::of(args, around)?;
    let same = |file: &str| file.to_owned();
    let impact = match (&args.base.base_result, &args.base.base) {
        (Some(path), _) => {
            let saved = load::read_result(path).map_err(|problem| vec![problem]).and_then(|file| Report::read(&file));
            let base = saved.map_err(|problems| Outcome::invalid(&problems, around))?;
            let head = asked.judge(None, asked.paths.clone())?;
            let name = path.display().to_string();
            let base = State { report: &base, name: &name, commit: None, name_of: &same };
            compare(&base, &State { report: &head, name: HEAD, commit: None, name_of: &same })
        }
        (None, name) => {
            let name = name.as_deref().unwrap_or_default();
            let there = load::state(name, &around.folder).map_err(|message| Outcome::usage(&message))?;
            let (base, head) = asked.both(&there, name)?;
            let name_of = |file: &str| there.name(file);
            let base = State { report: &base, name, commit: there.commit.as_deref(), name_of: &name_of };
            compare(&base, &State { report: &head, name: HEAD, commit: None, name_of: &same })
        }
    };
    if impact.base.summary.flows + impact.head.summary.flows == 0 {
        return Err(Outcome::stopped(
            Exit::Nothing,
            "nothing to check: neither state has a manifest under the paths\n",
        ));
    }
    deliver(&impact, &targets, args.fail_on, around)
}

/// What is judged in both states.
struct Asked<'a> {
    folders: FolderArgs,
    /// Those that the command line names, if it names any.
    paths: Option<Vec<PathBuf>>,
    moment: Moment,
    around: &'a Surroundings,
}

impl<'a> Asked<'a> {
    fn of(args: &ImpactArgs, around: &'a Surroundings) -> Result<Self, Outcome> {
        // A path from the root that leads into the working folder means what is there in each state.
        let relative = |path: &PathBuf| path.strip_prefix(&around.folder).map_or_else(|_| path.clone(), Path::to_owned);
        let all = |paths: &[PathBuf]| paths.iter().map(relative).collect::<Vec<_>>();
        let folders = FolderArgs {
            policies: all(&args.folders.policies),
            profiles: all(&args.folders.profiles),
            vocabulary: all(&args.folders.vocabulary),
            contracts: all(&args.folders.contracts),
            config: args.folders.config.as_ref().map(relative),
            no_config: args.folders.no_config,
        };
        let paths = (!args.paths.is_empty()).then(|| all(&args.paths));
        Ok(Self { folders, paths, moment: around.moment(args.as_of)?, around })
    }

    /// Judges the other state and the work tree. Manifests may be in one of them only; a path that neither has is a fault.
    fn both(&self, there: &load::State, name: &str) -> Result<(Report, Report), Outcome> {
        let base = self.paths.as_ref().map(|paths| {
            paths.iter().map(|path| there.path(path)).filter(|path| load::is_there(path)).collect::<Vec<_>>()
        });
        let gone = |path: &Path| !load::is_there(path) && load::is_there(&there.path(path));
        let head =
            self.paths.as_ref().map(|paths| paths.iter().filter(|path| !gone(path)).cloned().collect::<Vec<_>>());
        let base = self.judge(Some(there), base).map_err(|mut outcome| {
            outcome.messages = there.told(&outcome.messages, name);
            outcome
        })?;
        Ok((base, self.judge(None, head)?))
    }

    /// Judges one state, as `check` does.
    fn judge(&self, state: Option<&load::State>, paths: Option<Vec<PathBuf>>) -> Result<Report, Outcome> {
        let setup = setup_in(state, &self.folders, self.around)?;
        let whole = paths.is_none();
        let paths = paths.unwrap_or(setup.paths);
        let invalid = |problems: Vec<Problem>| Outcome::invalid(&problems, self.around);
        let manifests = |problems: &mut Vec<Problem>| manifest_texts(&paths, &setup.exclude, problems);
        let (workspace, manifests) = Workspace::open(&setup.folders, Reach::All, manifests).map_err(invalid)?;
        let baseline = setup.baseline.as_ref().map(|path| check::baseline(path)).transpose().map_err(invalid)?;
        let gate = Gate {
            config: workspace.config.as_ref(),
            exceptions: workspace.exceptions.as_ref(),
            baseline: baseline.as_ref().map(|(baseline, _)| baseline),
            whole,
        };
        let bar = check::progress(manifests.iter().map(|manifest| manifest.flows).sum(), self.around);
        let progress = |done| bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
        let manner = Manner { detail: Detail::All, progress: &progress };
        let run = Run { moment: self.moment, absent: Absent::NotDone, gate, manner };
        let report = evaluate(&workspace, &manifests, run).map_err(|message| Outcome::failed(&message));
        bar.finish_and_clear();
        report
    }
}

fn deliver(
    impact: &Impact,
    targets: &[Target<Format>],
    fail_on: FailOn,
    around: &Surroundings,
) -> Result<Outcome, Outcome> {
    let approval = match fail_on {
        FailOn::Loosened => impact.summary.loosened > 0,
        FailOn::Eased => impact.summary.loosened + impact.summary.eased > 0,
        FailOn::Any => !impact.flows.is_empty(),
    };
    let exit = if approval { Exit::Conditional } else { Exit::Permitted };
    let mut outcome = Outcome { output: String::new(), messages: String::new(), exit };
    for target in targets {
        let text = match target.format {
            Format::Text if target.file.is_some() => {
                anstream::adapter::strip_str(&render::impact::text::render(impact, WIDTH)).to_string()
            }
            Format::Text => render::impact::text::render(impact, around.width),
            Format::Json => render::impact::json(impact).map_err(|message| Outcome::failed(&message))?,
            Format::Markdown => render::impact::markdown::render(impact, render::markdown::COMMENT),
        };
        outcome.put(text, target.file.as_ref());
    }
    Ok(outcome)
}
