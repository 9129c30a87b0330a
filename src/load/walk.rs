//! Finding files under the paths that a user names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::{shown, unreadable};
use crate::problem::Problem;

const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// Manifests under the paths: `integration.yaml`, `*.integration.yaml`, also `.yml` and `.json`.
/// A path that is a file is taken whatever its name is.
pub fn manifests_under(paths: &[PathBuf], problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    under(paths, problems, |path| {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
        let Some((stem, extension)) = name.rsplit_once('.') else { return false };
        EXTENSIONS.contains(&extension) && (stem == "integration" || stem.ends_with(".integration"))
    })
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
    !name.starts_with('.') && name != "target" && name != "node_modules"
}

fn unreachable(root: &Path, error: &walkdir::Error) -> Problem {
    let path = error.path().unwrap_or(root);
    match (error.loop_ancestor(), error.io_error()) {
        (Some(ancestor), _) => {
            let message = format!("`{}` is a link back to `{}`: the folders form a loop", shown(path), shown(ancestor));
            Problem::new(message).help("remove the link, or name the folders to check")
        }
        (None, Some(error)) => unreadable(&shown(path), path, error),
        (None, None) => Problem::new(error.to_string()).help("make it readable, or leave it out"),
    }
}
