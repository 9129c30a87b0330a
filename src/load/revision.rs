//! The state of a git repository that files were read from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::git::git_text;

/// A commit, and what is not as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The commit.
    pub commit: String,
    /// Those of the files that are changed since, or are not in it, in the order given.
    pub changed: Vec<String>,
}

/// The commit that is checked out in the folder, compared with files that are named from there. `None` where there is no commit.
pub fn revision<'p>(folder: &Path, paths: impl IntoIterator<Item = &'p str>) -> Option<Revision> {
    let ask = |arguments: &[&str]| git_text(folder, arguments).ok();
    let commit = ask(&["rev-parse", "--verify", "HEAD"])?.trim().to_owned();
    let root = PathBuf::from(ask(&["rev-parse", "--show-toplevel"])?.trim_end_matches('\n'));
    let root = root.canonicalize().unwrap_or(root);
    let listed = |text: String| text.split('\0').map(PathBuf::from).collect::<BTreeSet<PathBuf>>();
    let known = listed(ask(&["ls-files", "-z", "--full-name", ":/"])?);
    let changed = listed(ask(&["diff", "--name-only", "-z", "--no-ext-diff", "HEAD"])?);
    let as_committed = |path: &str| {
        let there = folder.join(path).canonicalize().ok();
        let inside = there.as_ref().and_then(|there| there.strip_prefix(&root).ok());
        inside.is_some_and(|path| known.contains(path) && !changed.contains(path))
    };
    let changed = paths.into_iter().filter(|path| !as_committed(path)).map(str::to_owned).collect();
    Some(Revision { commit, changed })
}
