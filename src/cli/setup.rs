//! What the command line and `tidegate.yaml` say together. The command line adds folders, and its contracts replace those named there.

use std::path::{Path, PathBuf};

use super::args::FolderArgs;
use super::{Outcome, Surroundings};
use crate::load::{Exclude, State, above, is_file, is_folder, is_there};
use crate::workspace::{Folders, read_config};

/// The configuration's name.
pub(super) const CONFIG: &str = "tidegate.yaml";

/// Where everything stands.
#[derive(Debug)]
pub(super) struct Setup {
    /// The user's own documents.
    pub(super) folders: Folders,
    /// Where manifests are looked for when the command line names no path.
    pub(super) paths: Vec<PathBuf>,
    /// What is left out of that search.
    pub(super) exclude: Exclude,
    /// The result of an earlier run to compare with.
    pub(super) baseline: Option<PathBuf>,
}

/// Reads the configuration that holds here.
pub(super) fn setup(args: &FolderArgs, around: &Surroundings) -> Result<Setup, Outcome> {
    setup_in(None, args, around)
}

/// Reads the configuration that holds in another state of the repository, or here. Folders of the command line that the other state
/// does not have are empty there.
pub(super) fn setup_in(state: Option<&State>, args: &FolderArgs, around: &Surroundings) -> Result<Setup, Outcome> {
    let at = |path: &Path| state.map_or_else(|| path.to_owned(), |state| state.path(path));
    let there = |path: &&PathBuf| state.is_none() || is_there(&at(path));
    let given = |paths: &[PathBuf]| paths.iter().filter(there).map(|path| at(path)).collect::<Vec<_>>();
    let found = || above(state.map_or(&around.folder, |state| &state.folder), CONFIG);
    let path = match &args.config {
        _ if args.no_config => None,
        Some(path) => Some(path.clone()).filter(|path| there(&path)),
        None => found(),
    };
    let config = path.as_ref().map(|path| read_config(&at(path))).transpose();
    let config = config.map_err(|problems| Outcome::invalid(&problems, around))?;
    let model = config.as_ref().map(|config| &config.model);
    let base = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    let below = |paths: &[PathBuf]| paths.iter().map(|path| at(&base.join(path))).collect::<Vec<_>>();
    let with = |own: fn(&crate::model::Config) -> &Vec<PathBuf>, further: &[PathBuf]| {
        let mut all = model.map(|model| below(own(model))).unwrap_or_default();
        all.extend(given(further));
        all
    };
    let stated = model.and_then(|model| model.contracts.as_deref());
    let usual = at(&base.join("contracts"));
    let contracts = match (args.contracts.as_slice(), stated) {
        ([], Some(stated)) => below(stated),
        ([], None) if is_folder(&usual) => vec![usual],
        (named, _) => given(named),
    };
    let usual = at(&base.join("exceptions.yaml"));
    let exceptions = match model.and_then(|model| model.exceptions.as_ref()) {
        Some(stated) => Some(at(&base.join(stated))),
        None => is_file(&usual).then_some(usual),
    };
    Ok(Setup {
        paths: match model.and_then(|model| model.paths.as_deref()) {
            Some(stated) => below(stated),
            None if base == Path::new("") => vec![at(Path::new("."))],
            None => vec![at(base)],
        },
        exclude: Exclude { root: at(base), patterns: model.map(|model| model.exclude.clone()).unwrap_or_default() },
        baseline: model.and_then(|model| model.baseline.as_ref()).map(|path| at(&base.join(path))),
        folders: Folders {
            policies: with(|model| &model.policies, &args.policies),
            profiles: with(|model| &model.profiles, &args.profiles),
            vocabulary: with(|model| &model.vocabulary, &args.vocabulary),
            contracts,
            exceptions,
            config,
        },
    })
}
