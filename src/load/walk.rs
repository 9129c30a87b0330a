//! Finding files under the paths that a user names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
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
    let set = |walk: &mut WalkBuilder| {
        walk.follow_links(true);
        walk.filter_entry(|entry| entry.depth() == 0 || !is_output(&entry.file_name().to_string_lossy()));
    };
    let folder = |entry: &ignore::DirEntry| entry.file_type().is_some_and(|kind| kind.is_dir());
    find(paths, exclude, set, |entry| !folder(entry) && (entry.depth() == 0 || is_manifest(entry.path())), problems)
}

/// Every file under the paths, hidden ones too, but what git ignores and what lies in folders that are not wanted, by name. Links
/// are not followed: what they lead to in the repository is found there.
pub fn files_under(
    paths: &[PathBuf],
    exclude: &Exclude,
    wanted: impl Fn(&Path) -> bool + Clone + Send + Sync + 'static,
    problems: &mut Vec<Problem>,
) -> Vec<PathBuf> {
    let set = |walk: &mut WalkBuilder| {
        let wanted = wanted.clone();
        let folder = |entry: &ignore::DirEntry| entry.file_type().is_some_and(|kind| kind.is_dir());
        walk.hidden(false);
        walk.filter_entry(move |entry| entry.depth() == 0 || !folder(entry) || wanted(entry.path()));
    };
    find(paths, exclude, set, |entry| entry.file_type().is_some_and(|kind| kind.is_file()), problems)
}

fn find(
    paths: &[PathBuf],
    exclude: &Exclude,
    set: impl Fn(&mut WalkBuilder),
    wanted: impl Fn(&ignore::DirEntry) -> bool,
    problems: &mut Vec<Problem>,
) -> Vec<PathBuf> {
    let left_out = match exclude.build() {
        Ok(left_out) => left_out,
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for root in paths {
        let mut walk = walker(root, &left_out);
        set(&mut walk);
        for entry in walk.build() {
            match entry {
                Ok(entry) if wanted(&entry) => found.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => problems.push(unwalkable(root, &error)),
            }
        }
    }
    distinct(found)
}

fn walker(root: &Path, left_out: &Override) -> WalkBuilder {
    let mut builder = WalkBuilder::new(root);
    // Settings of one user or one checkout must not decide what is judged; the repository's own `.gitignore` files do.
    builder.require_git(false).git_global(false).git_exclude(false).ignore(false).overrides(left_out.clone());
    builder
}

/// Paths by patterns as in a `.gitignore`, each with its own number.
#[derive(Debug)]
pub struct Patterns {
    root: PathBuf,
    patterns: Vec<Gitignore>,
}

impl Patterns {
    /// Patterns relative to a folder.
    ///
    /// # Errors
    /// The number of the pattern that cannot be read, and why.
    pub fn new<'p>(root: &Path, patterns: impl IntoIterator<Item = &'p str>) -> Result<Self, (usize, String)> {
        let build = |(index, pattern): (usize, &str)| {
            let mut builder = GitignoreBuilder::new("");
            let built = builder.add_line(None, pattern).and_then(|builder| builder.build());
            built.map_err(|error| (index, error.to_string()))
        };
        let patterns = patterns.into_iter().enumerate().map(build).collect::<Result<_, _>>()?;
        // From a folder below, the root is `..`: only whole paths can be compared.
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        Ok(Self { root: root.canonicalize().unwrap_or_else(|_| root.to_owned()), patterns })
    }

    /// The number of the first pattern that is about a file, or about a folder that it lies in.
    pub fn about(&self, file: &Path) -> Option<usize> {
        let path = file.canonicalize().ok()?;
        let path = path.strip_prefix(&self.root).ok()?;
        let holds = |pattern: &Gitignore| {
            pattern.matched(path, false).is_ignore()
                || path.ancestors().skip(1).any(|folder| pattern.matched(folder, true).is_ignore())
        };
        self.patterns.iter().position(holds)
    }
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

/// True for the name of a manifest.
pub fn is_manifest(path: &Path) -> bool {
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
