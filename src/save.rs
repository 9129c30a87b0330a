//! Writing: pages into a folder that holds nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// Pages by path below their folder.
pub type Pages = BTreeMap<String, String>;

/// How a folder differs from the pages that should be in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// A page is not there.
    Missing(PathBuf),
    /// A page says something else.
    Changed(PathBuf),
    /// A page is there that should not be.
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
        match fs::read_to_string(&path) {
            Ok(there) if there == *text => {}
            Ok(_) => found.push(Difference::Changed(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => found.push(Difference::Missing(path)),
            Err(error) => return Err(error),
        }
    }
    found.extend(extra(folder, pages)?.into_iter().map(Difference::Extra));
    found.sort();
    Ok(found)
}

/// Writes the pages, and removes Markdown pages of the folder that are no more among them.
///
/// # Errors
/// A folder or file that cannot be written.
pub fn write(folder: &Path, pages: &Pages) -> io::Result<()> {
    for (name, text) in pages {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    extra(folder, pages)?.into_iter().try_for_each(fs::remove_file)
}

fn extra(folder: &Path, pages: &Pages) -> io::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in WalkDir::new(folder) {
        let path = entry?.into_path();
        let name = path.strip_prefix(folder).ok().and_then(Path::to_str).unwrap_or_default();
        if path.extension().is_some_and(|extension| extension == "md") && !pages.contains_key(name) {
            found.push(path);
        }
    }
    Ok(found)
}
