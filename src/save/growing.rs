use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that is written piece by piece, whole or not at all: readers see the former text until [`Growing::finish`]. If that never
/// comes, nothing has changed.
#[derive(Debug)]
pub struct Growing(Kind);

#[derive(Debug)]
enum Kind {
    /// The pieces stand beside the place that they will take.
    Beside(NamedTempFile, PathBuf),
    /// The pieces go to their place at once.
    There(File),
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
            return Ok(Self(Kind::There(File::options().write(true).truncate(true).open(&path)?)));
        }
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let beside = part().tempfile_in(folder)?;
        Ok(Self(Kind::Beside(beside, path)))
    }

    /// Adds a piece.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&mut self, piece: impl AsRef<[u8]>) -> io::Result<()> {
        match &mut self.0 {
            Kind::Beside(file, _) => file.write_all(piece.as_ref()),
            Kind::There(file) => file.write_all(piece.as_ref()),
        }
    }

    /// Puts the pieces in their place.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn finish(self) -> io::Result<()> {
        match self.0 {
            Kind::Beside(file, path) => file.persist(path).map(drop).map_err(io::Error::from),
            Kind::There(_) => Ok(()),
        }
    }
}

/// A hidden file that others may read as they may read any new one.
fn part() -> tempfile::Builder<'static, 'static> {
    let mut part = tempfile::Builder::new();
    part.prefix(".tidegate-").suffix(".part");
    #[cfg(unix)]
    part.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    part
}
