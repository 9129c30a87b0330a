use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::beside;

/// A file that is written piece by piece, whole or not at all: readers see the former text until [`Growing::finish`], and if that never
/// comes nothing has changed.
#[derive(Debug)]
pub struct Growing {
    file: File,
    /// Where the pieces are, and where they belong; none when they are written to their place at once.
    moving: Option<(PathBuf, PathBuf)>,
}

impl Growing {
    /// Starts a file. Folders on the way to it are made.
    ///
    /// # Errors
    /// A folder or file that cannot be written.
    pub fn start(path: &Path) -> io::Result<Self> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        // A link stays a link; what it leads to is written.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        // Pipes and terminals (`/dev/stderr`) take the text as it comes; renaming would put a file in their place.
        if fs::metadata(&path).is_ok_and(|there| !there.is_file()) {
            let file = File::options().write(true).truncate(true).open(&path)?;
            return Ok(Self { file, moving: None });
        }
        let part = beside(&path, "part")?;
        let file = File::create(&part)?;
        Ok(Self { file, moving: Some((part, path)) })
    }

    /// Adds a piece.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&mut self, piece: impl AsRef<[u8]>) -> io::Result<()> {
        self.file.write_all(piece.as_ref())
    }

    /// Puts the pieces in their place.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        if let Some((part, path)) = &self.moving {
            fs::rename(part, path)?;
        }
        self.moving = None;
        Ok(())
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        if let Some((part, _)) = &self.moving {
            // What is left of a run that stopped; there is nothing to do if it stays.
            let _ = fs::remove_file(part);
        }
    }
}
