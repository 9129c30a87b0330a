//! A bundle of evidence: a folder, or one zip archive. It is written beside its place and then renamed: whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::beside;

/// Whether something may stand in the place of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Nothing may be there.
    Free,
    /// A former bundle is replaced.
    Taken,
}

/// Writes a bundle: a zip archive when the name ends with `.zip`, else a folder.
///
/// # Errors
/// A place that is taken, or cannot be written. Then nothing is left behind.
pub fn bundle(path: &Path, files: &BTreeMap<String, Vec<u8>>, place: Place) -> io::Result<()> {
    let there = fs::symlink_metadata(path).is_ok();
    if there && place == Place::Free {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "it is there already; name another place"));
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let part = beside(path, "part")?;
    let is_zip = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    let written = if is_zip { archive(&part, files) } else { folder(&part, files) };
    written.and_then(|()| if there && !is_zip { swap(path, &part) } else { fs::rename(&part, path) }).inspect_err(
        |_| {
            let _ = if is_zip { fs::remove_file(&part) } else { fs::remove_dir_all(&part) };
        },
    )
}

/// Writes a secret that nobody else on the machine may read. What is there is never overwritten.
///
/// # Errors
/// A place that is taken, or cannot be written.
pub fn secret(path: &Path, text: &str) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// A folder cannot be renamed over another one: the former goes aside first, and comes back if the new one cannot take its place.
fn swap(path: &Path, part: &Path) -> io::Result<()> {
    let former = beside(path, "former")?;
    fs::rename(path, &former)?;
    fs::rename(part, path).inspect_err(|_| {
        let _ = fs::rename(&former, path);
    })?;
    fs::remove_dir_all(&former)
}

fn folder(path: &Path, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    for (name, bytes) in files {
        let file = path.join(name);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(file, bytes)?;
    }
    Ok(())
}

/// Equal files give equal bytes: sorted, without times, with the same rights.
fn archive(path: &Path, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    let mut archive = ZipWriter::new(BufWriter::new(fs::File::create(path)?));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(6))
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    for (name, bytes) in files {
        archive.start_file(name.as_str(), options.large_file(bytes.len() as u64 >= u64::from(u32::MAX)))?;
        archive.write_all(bytes)?;
    }
    archive.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}
