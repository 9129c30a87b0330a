//! Logs of evidence: where they are kept, and their texts.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::git::{git, git_line};
use super::{shown, unreadable};
use crate::problem::Problem;

/// The file that holds the entries.
pub(crate) const ENTRIES: &str = "entries.jsonl";
/// The file that holds the checkpoints.
pub(crate) const CHECKPOINTS: &str = "checkpoints";
/// A place that starts so is a branch.
const BRANCH: &str = "git:";

/// The texts of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogText {
    /// One entry a line.
    pub entries: String,
    /// The checkpoints, one after the other.
    pub checkpoints: String,
}

/// Where a log is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogPlace {
    /// In a folder.
    Folder(PathBuf),
    /// In commits of a branch of the working folder's repository.
    Branch(String),
}

impl FromStr for LogPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix(BRANCH) {
            Some("") => Err("name the branch: git:BRANCH".to_owned()),
            Some(branch) if branch.starts_with('-') || branch.starts_with("refs/") => {
                Err(format!("`{branch}` is no name of a branch; write it as git:evidence-log"))
            }
            Some(branch) => Ok(Self::Branch(branch.to_owned())),
            None if text.is_empty() => Err("name a folder, or a branch as git:BRANCH".to_owned()),
            None => Ok(Self::Folder(PathBuf::from(text))),
        }
    }
}

impl fmt::Display for LogPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => formatter.write_str(&shown(folder)),
            Self::Branch(branch) => write!(formatter, "{BRANCH}{branch}"),
        }
    }
}

/// The texts of a log. `None` when there is none yet.
///
/// # Errors
/// A place that cannot be read.
pub fn log(place: &LogPlace) -> Result<Option<LogText>, Problem> {
    match place {
        LogPlace::Folder(folder) => folder_log(folder),
        LogPlace::Branch(branch) => {
            Ok(branch_log(branch).map_err(|message| branch_problem(branch, message))?.map(|(_, text)| text))
        }
    }
}

/// What is said about a branch that git cannot use.
pub(crate) fn branch_problem(branch: &str, message: impl fmt::Display) -> Problem {
    let message = format!("the log {BRANCH}{branch} cannot be used: {message}");
    Problem::new(message).help("run Tidegate in a git repository, and name a branch that holds only the log")
}

pub(crate) fn folder_log(folder: &Path) -> Result<Option<LogText>, Problem> {
    let read = |name: &str| {
        let path = folder.join(name);
        match fs::read(&path) {
            Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| not_text(&shown(&path))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(&shown(&path), &path, &error)),
        }
    };
    Ok(texts(read(ENTRIES)?, read(CHECKPOINTS)?))
}

/// The last commit of the branch, and the texts that it holds.
pub(crate) fn branch_log(branch: &str) -> Result<Option<(String, LogText)>, String> {
    let here = Path::new(".");
    git(here, &["check-ref-format", "--branch", branch], b"")
        .map_err(|_| format!("`{branch}` is no name of a branch"))?;
    let name = format!("refs/heads/{branch}");
    // The pattern also gives branches below that name.
    let listed = git_line(here, &["for-each-ref", "--format=%(objectname) %(refname)", &name], b"")?;
    let tip = listed.lines().find_map(|line| line.split_once(' ').filter(|(_, found)| *found == name));
    let Some((tip, _)) = tip else { return Ok(None) };
    let held = git_line(here, &["ls-tree", "--name-only", "--full-tree", tip], b"")?;
    let read = |file: &str| {
        if !held.lines().any(|line| line == file) {
            return Ok(None);
        }
        let bytes = git(here, &["cat-file", "blob", &format!("{tip}:{file}")], b"")?;
        String::from_utf8(bytes).map(Some).map_err(|_| not_text(&format!("{branch}:{file}")).message)
    };
    // A branch without a log is somebody's work.
    let text = texts(read(ENTRIES)?, read(CHECKPOINTS)?).ok_or("the branch is there, and holds no log")?;
    Ok(Some((tip.to_owned(), text)))
}

fn texts(entries: Option<String>, checkpoints: Option<String>) -> Option<LogText> {
    if entries.is_none() && checkpoints.is_none() {
        return None;
    }
    Some(LogText { entries: entries.unwrap_or_default(), checkpoints: checkpoints.unwrap_or_default() })
}

fn not_text(shown: &str) -> Problem {
    Problem::new(format!("`{shown}` is not UTF-8, so it is no log of Tidegate"))
        .help("restore the file from a copy; Tidegate only ever appends to it")
}
