//! First stage: files to texts. The only stage, with writing, that touches the file system.

mod archive;
mod bundle;
mod embedded;
pub(crate) mod git;
pub(crate) mod log;
mod revision;
mod state;
mod walk;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::problem::Problem;
use crate::source::SourceFile;

pub use archive::{Version, versions_after};
pub use bundle::{Found, Odd, Oddity, bundle};
pub use embedded::{Embedded, embedded, read_at_build};
pub use log::{LogPlace, LogText, log};
pub use revision::{Revision, revision};
pub use state::{State, state};
pub use walk::{Exclude, Patterns, above, documents_under, files_under, is_manifest, manifests_under};

/// Larger files are refused: no document that people write comes near.
pub const MAX_BYTES: u64 = 2 * 1024 * 1024;

/// Larger files of a repository are not looked into: they are generated or bundled.
const MAX_SOURCE_BYTES: u64 = 1024 * 1024;

/// Larger results are refused: they would not fit into memory with what is rendered from them.
const MAX_RESULT_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// Reads one document.
///
/// # Errors
/// A problem when the file cannot be read, is too large, or is not UTF-8.
pub fn read(path: &Path) -> Result<Arc<SourceFile>, Problem> {
    read_within(path, MAX_BYTES, "split the document; no document of Tidegate needs that much text")
}

/// Reads a file of a repository that is no document of ours; nothing of a large one.
///
/// # Errors
/// As [`read`].
pub fn read_source(path: &Path) -> Result<Option<Arc<SourceFile>>, Problem> {
    if fs::metadata(path).is_ok_and(|file| file.len() > MAX_SOURCE_BYTES) {
        return Ok(None);
    }
    read_within(path, MAX_SOURCE_BYTES, "people write no such file").map(Some)
}

/// Reads a saved result, which may be large.
///
/// # Errors
/// As [`read`].
pub fn read_result(path: &Path) -> Result<Arc<SourceFile>, Problem> {
    read_within(path, MAX_RESULT_BYTES, "check fewer manifests at a time")
}

fn read_within(path: &Path, most: u64, mend: &str) -> Result<Arc<SourceFile>, Problem> {
    let shown = shown(path);
    let unreadable = |error: io::Error| unreadable(&shown, path, &error);
    // Opening a pipe would wait for somebody to write to it.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Problem::new(format!("`{shown}` is no regular file"))
            .help("documents are regular files: save the text in one, or give this thing another name"));
    }
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let too_large = || Problem::new(format!("`{shown}` is larger than {} MiB", most / 1024 / 1024)).help(mend);
    if size > most {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    // Read one byte more than allowed: the size of a pipe or a growing file is not known beforehand.
    file.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > most {
        return Err(too_large());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|b| **b == b'\n').count() + 1;
        Problem::new(format!("`{shown}` is not UTF-8: line {line} has a byte that belongs to no character"))
            .help("save the file as UTF-8")
    })?;
    // Editors on Windows put a byte order mark first; it is no part of the document.
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(Arc::new(SourceFile::new(shown, text, false)))
}

/// Reads a file with a key, or another small text that is no document.
///
/// # Errors
/// As [`read`].
pub fn read_key(path: &Path) -> Result<String, Problem> {
    const MAX_KEY_BYTES: u64 = 1024 * 1024;
    read_within(path, MAX_KEY_BYTES, "a key is a short file in PEM").map(|file| file.text.clone())
}

/// Reads a time stamp.
///
/// # Errors
/// A file that cannot be read, or is too large.
pub fn read_stamp(path: &Path) -> Result<Vec<u8>, Problem> {
    const MAX_STAMP_BYTES: u64 = 1024 * 1024;
    let unreadable = |error: io::Error| unreadable(&shown(path), path, &error);
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_STAMP_BYTES + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_STAMP_BYTES {
        return Err(Problem::new(format!("`{}` is too large for a time stamp", shown(path))));
    }
    Ok(bytes)
}

/// True for a file, also over a link.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// True for what is there, file or folder.
pub fn is_there(path: &Path) -> bool {
    path.exists()
}

/// True for a folder, also over a link.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Why a path cannot be read, and what to do about it.
fn unreadable(shown: &str, path: &Path, error: &io::Error) -> Problem {
    let help = match error.kind() {
        io::ErrorKind::PermissionDenied => "give yourself the right to read it, or leave it out",
        _ if path.is_symlink() => "it is a link that leads nowhere: mend or remove it",
        io::ErrorKind::NotFound => "name a file or folder that exists",
        _ => "make it readable, or leave it out",
    };
    Problem::new(format!("cannot read `{shown}`: {error}")).help(help)
}

/// A path as it is shown on every system.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").map(str::to_owned).unwrap_or(text)
}
