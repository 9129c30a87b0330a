//! Another state of the user's repository: a second checkout, or a revision that git holds, laid out beside the work tree.

use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use super::git::{git_text, git_with_index};
use super::shown;

/// A state of the repository that is not the work tree.
#[derive(Debug)]
pub struct State {
    /// What stands there for the working folder, from the root of the file system.
    pub folder: PathBuf,
    /// The commit, where it is one.
    pub commit: Option<String>,
    /// The working folder.
    working: PathBuf,
    /// How many folders the working folder is below the repository's root, where git knows.
    depth: Option<usize>,
    /// Removed together with the state.
    laid_out: Option<TempDir>,
}

impl State {
    /// Where a path of the work tree is in this state. What is outside the repository is there for both.
    pub fn path(&self, path: &Path) -> PathBuf {
        let path = path.strip_prefix(".").unwrap_or(path);
        let outside = self.depth.is_some_and(|depth| leaves(path, depth));
        match self.roots().and_then(|(top, root)| Some(root.join(path.strip_prefix(top).ok()?))) {
            Some(moved) if path.is_absolute() => moved,
            _ if path == Path::new("") => self.folder.clone(),
            _ if outside => self.working.join(path),
            _ => self.folder.join(path),
        }
    }

    /// What a file of this state, as it is shown, is called in the work tree.
    pub fn name(&self, file: &str) -> String {
        let below = |folder: &Path| file.strip_prefix(&format!("{}/", shown(folder))).map(str::to_owned);
        let moved = || {
            let (top, root) = self.roots()?;
            Some(format!("{}/{}", shown(top), below(root)?))
        };
        let name = below(&self.folder).or_else(moved).or_else(|| below(&self.working));
        name.unwrap_or_else(|| file.to_owned())
    }

    /// A text about this state in which no temporary folder is named, but the revision, as git writes it.
    pub fn told(&self, text: &str, revision: &str) -> String {
        let Some((_, root)) = self.roots().filter(|_| self.laid_out.is_some()) else { return text.to_owned() };
        let text = text.replace(&format!("{}/", shown(&self.folder)), &format!("{revision}:./"));
        text.replace(&format!("{}/", shown(root)), &format!("{revision}:"))
    }

    /// The roots of the repository: of the work tree, and here.
    fn roots(&self) -> Option<(&Path, &Path)> {
        let depth = self.depth?;
        Some((self.working.ancestors().nth(depth)?, self.folder.ancestors().nth(depth)?))
    }
}

/// True when a relative path climbs higher than the folders above it, an absolute one always.
fn leaves(path: &Path, depth: usize) -> bool {
    let mut depth = depth;
    for component in path.components() {
        match component {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return true,
        }
    }
    false
}

/// The state that the user means by the name of a folder or of a revision. Neither the work tree nor git's index is touched.
///
/// # Errors
/// A name that means neither or both, a machine without git, a disk without room.
pub fn state(name: &str, working: &Path) -> Result<State, String> {
    if name.is_empty() {
        return Err("the base is empty; name a revision such as `origin/main`, or a folder".to_owned());
    }
    let folder = working.join(name);
    match (folder.is_dir(), Revision::find(working, name)) {
        (true, Ok(_)) => Err(format!(
            "`{name}` is a folder and also a revision; write `./{name}` for the folder, or `refs/heads/{name}` for the branch"
        )),
        (true, Err(_)) => checkout(&folder, working),
        (false, Ok(revision)) => revision.lay_out(working),
        (false, Err(reason)) => Err(reason),
    }
}

/// A second checkout. It is another one: a comparison of the work tree with itself would let everything pass.
fn checkout(folder: &Path, working: &Path) -> Result<State, String> {
    let unreadable = |error| format!("`{}` cannot be read: {error}", folder.display());
    let folder = fs::canonicalize(folder).map_err(unreadable)?;
    if fs::canonicalize(working).is_ok_and(|working| working == folder) {
        return Err("the base is the working folder itself, so that nothing could differ; name another one".to_owned());
    }
    Ok(State { folder, commit: None, working: working.to_owned(), depth: None, laid_out: None })
}

/// What git holds under a name.
struct Revision {
    /// The root of the work tree.
    top: PathBuf,
    /// The working folder below it.
    below: String,
    tree: String,
    commit: Option<String>,
}

impl Revision {
    fn find(working: &Path, name: &str) -> Result<Self, String> {
        let repository = git_text(working, &["rev-parse", "--show-toplevel", "--show-prefix"])
            .map_err(|reason| format!("`{name}` is no folder, and git knows no revision here: {reason}"))?;
        let mut lines = repository.lines();
        let (top, below) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        let object = |kind: &str| {
            // What begins with a dash would be an option of git's.
            let named = Some(name).filter(|name| !name.starts_with('-'))?;
            let found =
                git_text(working, &["rev-parse", "--verify", "--quiet", &format!("{named}^{{{kind}}}")]).ok()?;
            Some(found.trim().to_owned())
        };
        let tree = object("tree").ok_or_else(|| {
            format!(
                "`{name}` is neither a folder nor a revision that git has here; a build server often has only the last \
                 commit, so fetch the other one first, such as with `git fetch origin main`"
            )
        })?;
        Ok(Self { top: PathBuf::from(top), below: below.to_owned(), tree, commit: object("commit") })
    }

    /// Writes the files of the revision as git would check them out, with an index of its own.
    fn lay_out(self, working: &Path) -> Result<State, String> {
        let failed = |error: std::io::Error| format!("the base cannot be laid out in a temporary folder: {error}");
        let place = private_folder().map_err(failed)?;
        let root = place.path().join("base");
        // Without the separator at its end.
        let folder: PathBuf = root.join(&self.below).components().collect();
        // A folder that the revision does not have is empty there. `.git` ends searches for what stands above.
        fs::create_dir_all(&folder).map_err(failed)?;
        fs::create_dir(root.join(".git")).map_err(failed)?;
        let index = place.path().join("index");
        let mut prefix = OsStr::new("--prefix=").to_owned();
        prefix.push(root.join(""));
        // A split index would leave a part of itself in the user's repository.
        let read = ["-c", "core.splitIndex=false", "read-tree", &self.tree];
        git_with_index(&self.top, &read, &index)?;
        git_with_index(&self.top, &[OsStr::new("checkout-index"), OsStr::new("--all"), &prefix], &index)?;
        let depth = Some(Path::new(&self.below).components().count());
        Ok(State { folder, commit: self.commit, working: working.to_owned(), depth, laid_out: Some(place) })
    }
}

/// A folder that only the user may read: the contracts of a repository are nobody else's business.
fn private_folder() -> std::io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("tidegate-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::State;

    #[test]
    fn paths_lead_into_the_state_and_back() {
        let state = State {
            folder: PathBuf::from("/tmp/x/base/app"),
            commit: None,
            working: PathBuf::from("/srv/repo/app"),
            depth: Some(1),
            laid_out: None,
        };
        for (given, there, name) in [
            (".", "/tmp/x/base/app", None),
            ("./contracts", "/tmp/x/base/app/contracts", Some("contracts/a.yaml")),
            ("../contracts", "/tmp/x/base/app/../contracts", Some("../contracts/a.yaml")),
            ("../../shared", "/srv/repo/app/../../shared", Some("../../shared/a.yaml")),
            ("/srv/repo/contracts", "/tmp/x/base/contracts", Some("/srv/repo/contracts/a.yaml")),
            ("/srv/contracts", "/srv/contracts", Some("/srv/contracts/a.yaml")),
        ] {
            assert_eq!(state.path(Path::new(given)), Path::new(there), "{given}");
            if let Some(name) = name {
                assert_eq!(state.name(&format!("{there}/a.yaml")), name, "{given}");
            }
        }
    }
}
