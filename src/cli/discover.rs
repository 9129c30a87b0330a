//! `tidegate discover`: AI providers that a repository uses, and whether their flows are declared.

use std::path::PathBuf;

use super::args::{DiscoverArgs, DiscoverFormat};
use super::setup::Setup;
use super::{Exit, Outcome, Surroundings, setup};
use crate::discover::{Discovery, Look, discover};
use crate::knowledge::Listed;
use crate::load::{is_file, is_manifest};
use crate::problem::Problem;
use crate::render::discovery;
use crate::workspace::{Reach, Workspace, manifest_texts};

pub(super) fn run(args: &DiscoverArgs, around: &Surroundings) -> Outcome {
    let setup = match setup(&args.folders, around) {
        Ok(setup) => setup,
        Err(outcome) => return outcome,
    };
    let searched = if args.paths.is_empty() { &setup.paths } else { &args.paths };
    // A repository may keep its manifests elsewhere than the code that they are about.
    let code = |path: &&PathBuf| is_file(path) && !is_manifest(path);
    let mut declared: Vec<PathBuf> = searched.iter().filter(|path| !code(path)).cloned().collect();
    if setup.folders.config.is_some() {
        declared.extend(setup.paths.iter().cloned());
    }
    let texts = |problems: &mut Vec<Problem>| manifest_texts(&declared, &setup.exclude, problems);
    let found = Workspace::open(&setup.folders, Reach::All, texts)
        .and_then(|(workspace, manifests)| look(searched, &setup, &workspace, &manifests));
    let found = match found {
        Ok(found) => found,
        Err(problems) => return Outcome::invalid(&problems, around),
    };
    let output = match args.format {
        DiscoverFormat::Text => Ok(discovery::text(&found, args.verbose, around.width)),
        DiscoverFormat::Json => discovery::json(&found),
    };
    match output {
        Ok(output) => Outcome { output, messages: String::new(), exit: Exit::from(found.verdict) },
        Err(message) => Outcome::failed(&message),
    }
}

/// Searches the paths, for this verb and for `check --discover`.
pub(super) fn look(
    paths: &[PathBuf],
    setup: &Setup,
    workspace: &Workspace,
    manifests: &[Listed],
) -> Result<Discovery, Vec<Problem>> {
    let config = workspace.config.as_ref();
    discover(paths, Look { knowledge: &workspace.knowledge, manifests, config, exclude: &setup.exclude })
}
