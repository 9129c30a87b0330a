//! Bundles of evidence: folders, or zip archives that anybody may have made. Everything is read within bounds, and nothing is
//! followed: what a bundle may not hold is told, and left out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use walkdir::WalkDir;
use zip::ZipArchive;

use super::{shown, unreadable};
use crate::problem::Problem;

/// No bundle is larger when it is unpacked: a hundred times as many flows as an organisation has would fit.
const MAX_TOTAL: u64 = 2 * 1024 * 1024 * 1024;
/// No bundle has more files.
const MAX_FILES: usize = 100_000;
/// Up to this size nothing is said about how well something is packed.
const SMALL: u64 = 16 * 1024 * 1024;
/// Results pack about fifty to one. What packs better than this was made to fill the memory.
const MAX_RATIO: u64 = 250;

/// The bits of a Unix mode that say what something is.
const UNIX_KIND: u32 = 0o170_000;
const UNIX_FILE: u32 = 0o100_000;
const UNIX_FOLDER: u32 = 0o040_000;

/// What a bundle holds.
#[derive(Debug, Default)]
pub struct Found {
    /// The files, by path below the bundle's root.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What should not be there.
    pub oddities: Vec<Oddity>,
}

/// Something that a bundle may not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// What it is.
    pub kind: Odd,
    /// The path inside the bundle; empty when it is about the whole.
    pub path: String,
    /// What is known about it.
    pub detail: String,
}

/// The kinds of oddities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// The file is no zip archive.
    NoArchive,
    /// The archive ends too early.
    Truncated,
    /// Its parts contradict each other, such as the name of a file in two places.
    Inconsistent,
    /// A path that leads out of the bundle.
    Traversal,
    /// A name that not every system can hold.
    BadName,
    /// A link.
    Link,
    /// Neither file nor folder.
    Special,
    /// A path that is there twice, or differs from another one only by capitals.
    Duplicate,
    /// More than a bundle may hold, or packed so well that it was made to fill the memory.
    TooLarge,
    /// A file whose content cannot be read: another checksum, encryption, an unknown method.
    Unreadable,
}

/// Reads a bundle.
///
/// # Errors
/// A path that cannot be read at all.
pub fn bundle(path: &Path) -> Result<Found, Problem> {
    let cannot = |error| unreadable(&shown(path), path, &error);
    let metadata = fs::metadata(path).map_err(cannot)?;
    let mut reading = Reading::default();
    if metadata.is_dir() {
        reading.folder(path);
    } else if metadata.is_file() {
        let file = File::open(path).map_err(cannot)?;
        reading.archive(BufReader::new(file), metadata.len());
    } else {
        let message = format!("`{}` is neither a folder nor a file", shown(path));
        return Err(Problem::new(message).help("name the folder or the zip file of a bundle"));
    }
    Ok(reading.found)
}

/// A bundle while it is read.
#[derive(Default)]
struct Reading {
    found: Found,
    /// The paths so far, in small letters.
    names: BTreeSet<String>,
    total: u64,
}

impl Reading {
    fn odd(&mut self, kind: Odd, path: &str, detail: impl Into<String>) {
        self.found.oddities.push(Oddity { kind, path: path.to_owned(), detail: detail.into() });
    }

    fn folder(&mut self, root: &Path) {
        for entry in WalkDir::new(root).sort_by_file_name() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().map(|path| below(root, path)).unwrap_or_default();
                    self.odd(Odd::Unreadable, &path, error.to_string());
                    continue;
                }
            };
            let name = below(root, entry.path());
            let kind = entry.file_type();
            if kind.is_symlink() && entry.depth() > 0 {
                self.odd(Odd::Link, &name, "it may lead anywhere, and is not followed");
            } else if kind.is_file() {
                match File::open(entry.path()) {
                    Ok(file) if self.admits(&name) => self.take(name, file, MAX_TOTAL),
                    Ok(_) => {}
                    Err(error) => self.odd(Odd::Unreadable, &name, error.to_string()),
                }
            } else if !kind.is_dir() && !kind.is_symlink() {
                self.odd(Odd::Special, &name, "neither a file nor a folder");
            }
        }
    }

    fn archive(&mut self, mut reader: impl Read + Seek, size: u64) {
        let mut start = [0; 4];
        let begins = reader.read_exact(&mut start).is_ok() && start == *b"PK\x03\x04";
        let mut archive = match ZipArchive::new(reader) {
            Ok(archive) => archive,
            Err(error) if begins => return self.odd(Odd::Truncated, "", error.to_string()),
            Err(error) => return self.odd(Odd::NoArchive, "", error.to_string()),
        };
        if archive.offset() != 0 {
            self.odd(Odd::Inconsistent, "", "something stands before the archive");
        } else if archive.has_duplicate_names() {
            self.odd(Odd::Duplicate, "", "two of its entries have one name: programs differ in which they read");
        } else if let Err(error) = archive.validate_header_consistency() {
            self.odd(Odd::Inconsistent, "", error.to_string());
        }
        let most_of_all = SMALL.max(size.saturating_mul(MAX_RATIO)).min(MAX_TOTAL);
        for index in 0..archive.len() {
            let entry = match archive.by_index_data(index) {
                Ok(entry) => entry,
                Err(error) => {
                    self.odd(Odd::Inconsistent, "", error.to_string());
                    continue;
                }
            };
            let Ok(name) = entry.name().map(Cow::into_owned) else {
                let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
                self.odd(Odd::BadName, &name, "the name is no text");
                continue;
            };
            if entry.is_symlink() {
                self.odd(Odd::Link, &name, "it may lead anywhere, and is not followed");
                continue;
            }
            let kind = entry.unix_mode().unwrap_or_default() & UNIX_KIND;
            if ![0, UNIX_FILE, UNIX_FOLDER].contains(&kind) {
                self.odd(Odd::Special, &name, "neither a file nor a folder");
                continue;
            }
            let folder = entry.is_dir();
            let most = SMALL.max(entry.compressed_size().saturating_mul(MAX_RATIO)).min(most_of_all);
            if !self.admits(name.strip_suffix('/').filter(|_| folder).unwrap_or(&name)) || folder {
                continue;
            }
            match archive.by_index(index) {
                Ok(file) => self.take(name, file, most),
                Err(error) => self.odd(Odd::Unreadable, &name, error.to_string()),
            }
        }
    }

    /// Whether a file of this name may be read; says why not.
    fn admits(&mut self, name: &str) -> bool {
        if self.names.len() >= MAX_FILES {
            if self.names.len() == MAX_FILES {
                self.odd(Odd::TooLarge, "", format!("it has more than {MAX_FILES} files"));
                self.names.insert(String::new());
            }
            return false;
        }
        let parts = || name.split(['/', '\\']);
        let drive = name.as_bytes().get(1) == Some(&b':');
        if name.starts_with(['/', '\\']) || drive || parts().any(|part| part == "..") {
            self.odd(Odd::Traversal, name, "it leads out of the bundle");
        } else if name.contains(['\\', ':'])
            || name.chars().any(char::is_control)
            || parts().any(|part| matches!(part, "" | "."))
        {
            self.odd(Odd::BadName, name, "not every system can hold a file of this name");
        } else if !self.names.insert(name.to_lowercase()) {
            self.odd(Odd::Duplicate, name, "it is there twice, or differs from another one only by capitals");
        } else {
            return true;
        }
        false
    }

    /// Reads a file of at most so many bytes, whatever size it claims to have.
    fn take(&mut self, name: String, file: impl Read, most: u64) {
        let left = most.min(MAX_TOTAL - self.total);
        let mut bytes = Vec::new();
        match file.take(left + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > left => {
                let detail = format!("it holds more than {left} bytes, which no bundle of its size does");
                self.odd(Odd::TooLarge, &name, detail);
            }
            Ok(_) => {
                self.total += bytes.len() as u64;
                self.found.files.insert(name, bytes);
            }
            Err(error) => self.odd(Odd::Unreadable, &name, error.to_string()),
        }
    }
}

/// A path below the root, with `/` as separator.
fn below(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
