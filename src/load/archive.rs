//! Archives of terms: git checkouts in which every version of a document is a commit, such as those of Open Terms Archive.

use std::path::Path;

use super::git::git_text;

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
    let log = git_text(folder, &["log", "--format=%cs %H", "--", document])
        .map_err(|reason| format!("`{}` is no git checkout with a history: {reason}", folder.display()))?;
    if log.trim().is_empty() {
        return Ok(None);
    }
    let versions = log.lines().filter_map(|line| {
        let (date, commit) = line.split_once(' ')?;
        Some(Version { day: date.to_owned(), commit: commit.to_owned() })
    });
    Ok(Some(versions.filter(|version| version.day.as_str() > day).collect()))
}
