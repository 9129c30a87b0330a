//! Writing: pages into a folder, where pages of others are left alone; a result into a file, whole or not at all.

mod bundle;
mod growing;
mod log;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

pub use bundle::{Place, bundle, secret};
pub use growing::Growing;
pub use log::{Change, log};

/// Pages by path below their folder.
pub type Pages = BTreeMap<String, String>;

/// The first line of every page, which tells it from those of others.
const MARK: &str = "<!-- Written by `tidegate docs`. Change what it is written from, not this page. -->";

/// How a folder differs from the pages that should be in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// A page is not there.
    Missing(PathBuf),
    /// A page says something else.
    Changed(PathBuf),
    /// A page is there that is written no more.
    Extra(PathBuf),
}

/// How a folder differs from the pages that should be in it.
///
/// # Errors
/// A folder or file that cannot be read.
pub fn differences(folder: &Path, pages: &Pages) -> io::Result<Vec<Difference>> {
    let mut found = Vec::new();
    for (name, text) in pages {
        let path = folder.join(name);
        match read(&path)? {
            Some(there) if there == marked(text) => {}
            Some(_) => found.push(Difference::Changed(path)),
            None => found.push(Difference::Missing(path)),
        }
    }
    found.extend(extra(folder, pages)?.into_iter().map(Difference::Extra));
    found.sort();
    Ok(found)
}

/// Writes the pages, and removes those of an earlier time that are no more among them.
///
/// # Errors
/// A folder or file that cannot be written, or a file of somebody else's in the place of a page. Then nothing is written.
pub fn write(folder: &Path, pages: &Pages) -> io::Result<()> {
    for name in pages.keys() {
        let path = folder.join(name);
        if read(&path)?.is_some_and(|there| !there.starts_with(MARK)) {
            let message = format!("`{}` was not written by Tidegate; name another folder", path.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
    }
    for (name, text) in pages {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, marked(text))?;
    }
    extra(folder, pages)?.into_iter().try_for_each(fs::remove_file)
}

/// What came of a file to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is written.
    Written,
    /// There was one, which is left as it is.
    There,
}

/// Writes the files that are not there yet.
///
/// # Errors
/// A folder or file that cannot be written.
pub fn add<'f>(folder: &Path, files: &BTreeMap<&'f str, &str>) -> io::Result<Vec<(PathBuf, Added)>> {
    let add = |(name, text): (&&'f str, &&str)| {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => file.write_all(text.as_bytes()).map(|()| (path, Added::Written)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok((path, Added::There)),
            Err(error) => Err(error),
        }
    };
    files.iter().map(add).collect()
}

/// Writes one file, whole or not at all: readers see the former text until the new one is complete. Folders on the way to it are
/// made.
///
/// # Errors
/// A folder or file that cannot be written.
pub fn file(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    let mut file = Growing::start(path)?;
    file.write(content)?;
    file.finish()
}

/// A hidden name beside a path, of this process.
fn beside(path: &Path, ending: &str) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it names no file"))?;
    let mut beside = OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.{ending}", std::process::id()));
    Ok(path.with_file_name(beside))
}

/// Appends to a file what `text` gives for the bytes that are left of `most`.
///
/// # Errors
/// A file that cannot be written.
pub fn append(path: &Path, most: usize, text: impl FnOnce(usize) -> String) -> io::Result<()> {
    let taken = fs::metadata(path).map_or(0, |there| there.len());
    let left = most.saturating_sub(usize::try_from(taken).unwrap_or(usize::MAX));
    OpenOptions::new().create(true).append(true).open(path)?.write_all(text(left).as_bytes())
}

fn marked(text: &str) -> String {
    format!("{MARK}\n{text}")
}

/// The text of a file, where there is one.
fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Pages of an earlier time that are no more among the pages.
fn extra(folder: &Path, pages: &Pages) -> io::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in WalkDir::new(folder) {
        let path = entry?.into_path();
        let name = path.strip_prefix(folder).ok().and_then(Path::to_str).unwrap_or_default();
        let page = path.is_file() && path.extension().is_some_and(|extension| extension == "md");
        // What is no text is no page of ours.
        let ours = || fs::read_to_string(&path).is_ok_and(|text| text.starts_with(MARK));
        if page && !pages.contains_key(name) && ours() {
            found.push(path);
        }
    }
    Ok(found)
}
