//! Logs of evidence: they only grow, and two that append at once lose nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::load::git::{git, git_line};
use crate::load::log::{CHECKPOINTS, ENTRIES, branch_log, branch_problem, folder_log};
use crate::load::{LogPlace, LogText};
use crate::problem::Problem;

/// Held while somebody appends. The system gives it back when a program ends, however it ends.
const LOCK: &str = ".lock";
/// So often another one may append to a branch between reading and writing.
const ATTEMPTS: usize = 100;

/// What to write.
#[derive(Debug)]
pub struct Change<T> {
    /// The log as it shall be: what it was, and more.
    pub text: LogText,
    /// One line that says what was done, for the history of a branch.
    pub message: String,
    /// What the caller wants back.
    pub value: T,
}

/// Changes a log by what `change` makes of its texts, which is asked again when another one was faster. Where it fails, or changes
/// nothing, nothing is written.
///
/// # Errors
/// A place that cannot be read or written; inside, what `change` failed with.
pub fn log<T, E>(
    place: &LogPlace,
    change: impl FnMut(&LogText) -> Result<Change<T>, E>,
) -> Result<Result<T, E>, Problem> {
    match place {
        LogPlace::Folder(folder) => in_folder(folder, change),
        LogPlace::Branch(branch) => in_branch(branch, change),
    }
}

fn in_folder<T, E>(
    folder: &Path,
    mut change: impl FnMut(&LogText) -> Result<Change<T>, E>,
) -> Result<Result<T, E>, Problem> {
    let unwritable = |error: io::Error| {
        Problem::new(format!("cannot write the log in `{}`: {error}", folder.display()))
            .help("name a folder in which you may write, on a file system that has locks")
    };
    // What is refused makes no folder.
    if !folder.is_dir()
        && let Err(error) = change(&LogText::default())
    {
        return Ok(Err(error));
    }
    fs::create_dir_all(folder).map_err(unwritable)?;
    let lock =
        OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(LOCK)).map_err(unwritable)?;
    lock.lock().map_err(unwritable)?;
    let before = folder_log(folder)?.unwrap_or_default();
    let changed = match change(&before) {
        Ok(changed) => changed,
        Err(error) => return Ok(Err(error)),
    };
    // An entry without a checkpoint tells of an append that was cut short; a checkpoint without its entry would look like a loss.
    append(&folder.join(ENTRIES), &before.entries, &changed.text.entries).map_err(unwritable)?;
    append(&folder.join(CHECKPOINTS), &before.checkpoints, &changed.text.checkpoints).map_err(unwritable)?;
    Ok(Ok(changed.value))
}

/// Appends to a file what is new, and waits until it is on the disk.
fn append(path: &Path, before: &str, after: &str) -> io::Result<()> {
    let new = after.strip_prefix(before).ok_or_else(|| io::Error::other("a log only grows"))?;
    if new.is_empty() {
        return Ok(());
    }
    let mut file: File = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(new.as_bytes())?;
    file.sync_all()
}

fn in_branch<T, E>(
    branch: &str,
    mut change: impl FnMut(&LogText) -> Result<Change<T>, E>,
) -> Result<Result<T, E>, Problem> {
    let problem = |message: String| branch_problem(branch, message);
    let mut refused = String::new();
    for _ in 0..ATTEMPTS {
        let (tip, before) = match branch_log(branch).map_err(problem)? {
            Some((tip, text)) => (Some(tip), text),
            None => (None, LogText::default()),
        };
        let changed = match change(&before) {
            Ok(changed) => changed,
            Err(error) => return Ok(Err(error)),
        };
        if changed.text == before {
            return Ok(Ok(changed.value));
        }
        not_checked_out(branch).map_err(problem)?;
        let commit = commit(tip.as_deref(), &changed.text, &changed.message).map_err(problem)?;
        // The old value keeps another one's append: git refuses when the branch has moved. The empty value means: no branch yet.
        let old = tip.clone().unwrap_or_default();
        let name = format!("refs/heads/{branch}");
        match git(Path::new("."), &["update-ref", "-m", &changed.message, &name, &commit, &old], b"") {
            Ok(_) => return Ok(Ok(changed.value)),
            Err(message) => refused = message,
        }
    }
    Err(problem(refused))
}

/// Moving a branch under somebody's work tree would make all their files look changed.
fn not_checked_out(branch: &str) -> Result<(), String> {
    let trees = git_line(Path::new("."), &["worktree", "list", "--porcelain"], b"")?;
    if trees.lines().any(|line| line.strip_prefix("branch refs/heads/") == Some(branch)) {
        return Err("the branch is checked out; a log needs a branch of its own that nobody works on".to_owned());
    }
    Ok(())
}

/// A commit with these texts. What else the branch holds stays.
fn commit(tip: Option<&str>, text: &LogText, message: &str) -> Result<String, String> {
    let here = Path::new(".");
    let listed = match tip {
        Some(tip) => git(here, &["ls-tree", "-z", "--full-tree", tip], b"")?,
        None => Vec::new(),
    };
    let mut tree: Vec<u8> = Vec::new();
    for line in listed.split_inclusive(|byte| *byte == 0) {
        let ours = [ENTRIES, CHECKPOINTS].iter().any(|file| line.ends_with(format!("\t{file}\0").as_bytes()));
        if !ours {
            tree.extend_from_slice(line);
        }
    }
    for (file, text) in [(ENTRIES, &text.entries), (CHECKPOINTS, &text.checkpoints)] {
        let blob = git_line(here, &["hash-object", "-w", "--stdin"], text.as_bytes())?;
        tree.extend_from_slice(format!("100644 blob {blob}\t{file}\0").as_bytes());
    }
    let tree = git_line(here, &["mktree", "-z"], &tree)?;
    let mut arguments = vec!["commit-tree", &tree, "-F", "-"];
    if let Some(tip) = tip {
        arguments.extend(["-p", tip]);
    }
    git_line(here, &arguments, message.as_bytes())
}
