//! Archives of terms: git checkouts in which every version of a document is a commit, such as those of Open Terms Archive.

use std::path::Path;
use std::process::Command;

/// One later version of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The day on which the archive recorded it, such as `2026-11-22`.
    pub day: String,
    /// The commit.
    pub commit: String,
}

/// The versions of a document that an archive recorded after a day such as `2026-11-22`, the newest first. `None` when the archive does not have the
/// document.
///
/// # Errors
/// A folder that is no git checkout, or a machine without git.
pub fn versions_after(folder: &Path, document: &str, day: &str) -> Result<Option<Vec<Version>>, String> {
    let log = git(folder, &["log", "--format=%cs %H", "--", document])?;
    if log.trim().is_empty() {
        return Ok(None);
    }
    let versions = log.lines().filter_map(|line| {
        let (date, commit) = line.split_once(' ')?;
        Some(Version { day: date.to_owned(), commit: commit.to_owned() })
    });
    Ok(Some(versions.filter(|version| version.day.as_str() > day).collect()))
}

pub(super) fn git(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .output()
        .map_err(|error| format!("git cannot be run: {error}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{}` is no git checkout with a history: {}", folder.display(), reason.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
