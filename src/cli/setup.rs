//! What the command line and `tidegate.yaml` say together. The command line adds folders, and its contracts replace those named there.

use std::path::{Path, PathBuf};

use super::args::FolderArgs;
use super::{Outcome, Surroundings};
use crate::load::{Exclude, above, is_file, is_folder};
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
    let found = || above(&around.folder, CONFIG);
    let path = if args.no_config { None } else { args.config.clone().or_else(found) };
    let config = path.as_ref().map(|path| read_config(path)).transpose();
    let config = config.map_err(|problems| Outcome::invalid(&problems, around))?;
    let model = config.as_ref().map(|config| &config.model);
    let base = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    let below = |paths: &[PathBuf]| paths.iter().map(|path| base.join(path)).collect::<Vec<_>>();
    let with = |own: fn(&crate::model::Config) -> &Vec<PathBuf>, given: &[PathBuf]| {
        let mut all = model.map(|model| below(own(model))).unwrap_or_default();
        all.extend(given.iter().cloned());
        all
    };
    let stated = model.and_then(|model| model.contracts.as_deref());
    let usual = base.join("contracts");
    let contracts = match (args.contracts.as_slice(), stated) {
        ([], Some(stated)) => below(stated),
        ([], None) if is_folder(&usual) => vec![usual],
        (given, _) => given.to_vec(),
    };
    let usual = base.join("exceptions.yaml");
    let exceptions = match model.and_then(|model| model.exceptions.as_ref()) {
        Some(stated) => Some(base.join(stated)),
        None => is_file(&usual).then_some(usual),
    };
    Ok(Setup {
        paths: match model.and_then(|model| model.paths.as_deref()) {
            Some(stated) => below(stated),
            None if base == Path::new("") => vec![PathBuf::from(".")],
            None => vec![base.to_owned()],
        },
        exclude: Exclude {
            root: base.to_owned(),
            patterns: model.map(|model| model.exclude.clone()).unwrap_or_default(),
        },
        baseline: model.and_then(|model| model.baseline.as_ref()).map(|path| base.join(path)),
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
