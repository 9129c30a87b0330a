//! First stage: files to texts. The only stage, with writing, that touches the file system.

mod embedded;
mod walk;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::problem::Problem;
use crate::source::SourceFile;

pub use embedded::{Embedded, embedded};
pub use walk::{documents_under, manifests_under};

/// Larger files are refused: no document that people write comes near.
pub const MAX_BYTES: u64 = 2 * 1024 * 1024;

/// Reads one file.
///
/// # Errors
/// A problem when the file cannot be read, is too large, or is not UTF-8.
pub fn read(path: &Path) -> Result<Arc<SourceFile>, Problem> {
    let shown = shown(path);
    let unreadable = |error: std::io::Error| Problem::new(format!("cannot read `{shown}`: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let too_large = || {
        Problem::new(format!("`{shown}` is larger than {} MiB", MAX_BYTES / 1024 / 1024))
            .help("split the document; no document of Tidegate needs that much text")
    };
    if size > MAX_BYTES {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    // Read one byte more than allowed: the size of a pipe or a growing file is not known beforehand.
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
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

/// A path as it is shown on every system.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").map(str::to_owned).unwrap_or(text)
}
