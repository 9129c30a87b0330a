//! Finding files under the paths that a user names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};
use walkdir::{DirEntry, WalkDir};

use super::{shown, unreadable};
use crate::problem::Problem;

const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// What is left out of a search, beside what `.gitignore` leaves out.
#[derive(Debug, Clone, Default)]
pub struct Exclude {
    /// The folder that the patterns are relative to.
    pub root: PathBuf,
    /// Patterns as in a `.gitignore`.
    pub patterns: Vec<String>,
}

/// Manifests under the paths: `integration.yaml`, `*.integration.yaml`, also `.yml` and `.json`. What git ignores is left out.
/// A path that is a file is taken whatever its name is.
pub fn manifests_under(paths: &[PathBuf], exclude: &Exclude, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let left_out = match exclude.build() {
        Ok(left_out) => left_out,
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for root in paths {
        // Settings of one user or one checkout must not decide what is judged; the repository's own `.gitignore` files do.
        let walk = WalkBuilder::new(root)
            .follow_links(true)
            .require_git(false)
            .git_global(false)
            .git_exclude(false)
            .ignore(false)
            .overrides(left_out.clone())
            .filter_entry(|entry| entry.depth() == 0 || !is_output(&entry.file_name().to_string_lossy()))
            .build();
        for entry in walk {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {}
                Ok(entry) if entry.depth() == 0 || is_manifest(entry.path()) => found.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => problems.push(unwalkable(root, &error)),
            }
        }
    }
    distinct(found)
}

impl Exclude {
    fn build(&self) -> Result<Override, Problem> {
        let mut builder = OverrideBuilder::new(&self.root);
        let added = self.patterns.iter().try_for_each(|pattern| builder.add(&format!("!{pattern}")).map(|_| ()));
        added.and_then(|()| builder.build()).map_err(|error| {
            Problem::new(format!("a pattern under `exclude` cannot be read: {error}"))
                .help("write it as in a .gitignore, such as `testdata/` or `**/*.old.integration.yaml`")
        })
    }
}

/// The nearest file of the name in the folder or one above it, up to the root of the repository. The path is relative to the folder.
pub fn above(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut up = PathBuf::new();
    for folder in folder.ancestors() {
        if folder.join(name).is_file() {
            return Some(up.join(name));
        }
        if folder.join(".git").exists() {
            return None;
        }
        up.push("..");
    }
    None
}

fn is_manifest(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    EXTENSIONS.contains(&extension) && (stem == "integration" || stem.ends_with(".integration"))
}

/// Every YAML or JSON file, and every file with one of the further extensions, under the paths.
pub fn documents_under(paths: &[PathBuf], further: &[&str], problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    under(paths, problems, |path| {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        EXTENSIONS.contains(&extension) || further.contains(&extension)
    })
}

fn under(paths: &[PathBuf], problems: &mut Vec<Problem>, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for root in paths {
        for entry in WalkDir::new(root).follow_links(true).into_iter().filter_entry(visible) {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) if entry.depth() == 0 || wanted(entry.path()) => found.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => problems.push(unreachable(root, &error)),
            }
        }
    }
    distinct(found)
}

/// Each file once, sorted.
fn distinct(mut found: Vec<PathBuf>) -> Vec<PathBuf> {
    found.sort();
    // One file may be named twice, or be reached over links: it is one document.
    let mut seen = BTreeSet::new();
    found.retain(|path| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
    found
}

/// Hidden folders (`.git`) and build output hold no documents.
fn visible(entry: &DirEntry) -> bool {
    if entry.depth() == 0 || !entry.file_type().is_dir() {
        return true;
    }
    let name = entry.file_name().to_string_lossy();
    !name.starts_with('.') && !is_output(&name)
}

fn is_output(name: &str) -> bool {
    name == "target" || name == "node_modules"
}

fn unwalkable(root: &Path, error: &ignore::Error) -> Problem {
    match error {
        ignore::Error::WithDepth { err, .. } => unwalkable(root, err),
        ignore::Error::WithPath { path, err } => unwalkable(path, err),
        ignore::Error::Loop { ancestor, child } => looped(child, ancestor),
        ignore::Error::Io(error) => unreadable(&shown(root), root, error),
        other => {
            Problem::new(format!("cannot search `{}`: {other}", shown(root))).help("make it readable, or leave it out")
        }
    }
}

fn looped(link: &Path, ancestor: &Path) -> Problem {
    let message = format!("`{}` is a link back to `{}`: the folders form a loop", shown(link), shown(ancestor));
    Problem::new(message).help("remove the link, or name the folders to check")
}

fn unreachable(root: &Path, error: &walkdir::Error) -> Problem {
    let path = error.path().unwrap_or(root);
    match (error.loop_ancestor(), error.io_error()) {
        (Some(ancestor), _) => looped(path, ancestor),
        (None, Some(error)) => unreadable(&shown(path), path, error),
        (None, None) => Problem::new(error.to_string()).help("make it readable, or leave it out"),
    }
}
