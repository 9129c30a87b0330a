//! The knowledge that the binary carries.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use include_dir::{Dir, include_dir};

use crate::source::SourceFile;

static POLICIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/policies");
static PROFILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/provider-profiles");
static VOCABULARY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/vocabulary");
/// What `build.rs` read of them.
static READ: Dir<'_> = include_dir!("$OUT_DIR/read");

/// How the paths of embedded files begin.
const EMBEDDED: &str = "(embedded)/";

/// The embedded folders.
#[derive(Debug, Clone, Copy)]
pub enum Embedded {
    /// Rule packs and the catalogue of facts.
    Policies,
    /// Provider profiles.
    Profiles,
    /// The words that documents may use.
    Vocabulary,
}

impl Embedded {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Policies, Self::Profiles, Self::Vocabulary];

    /// Its name in the repository, and what it holds.
    fn folder(self) -> (&'static str, &'static Dir<'static>) {
        match self {
            Self::Policies => ("policies", &POLICIES),
            Self::Profiles => ("provider-profiles", &PROFILES),
            Self::Vocabulary => ("vocabulary", &VOCABULARY),
        }
    }
}

/// The files of an embedded folder, sorted by path.
pub fn embedded(folder: Embedded) -> Vec<Arc<SourceFile>> {
    let (name, dir) = folder.folder();
    let file = |(path, text)| Arc::new(SourceFile::new(format!("{EMBEDDED}{name}/{path}"), text, true));
    let mut files: Vec<Arc<SourceFile>> = all(dir).into_iter().map(file).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// What was read of an embedded file when the program was built: a rule or schema in Cedar's JSON form, or a stored document.
pub fn read_at_build(file: &SourceFile) -> Option<&'static str> {
    let path = file.path.strip_prefix(EMBEDDED).filter(|_| file.embedded)?;
    let carried = carried();
    // A bundle of evidence brings what another binary carried, under the same names.
    carried.get(path).filter(|text| **text == file.text)?;
    carried.get(&*format!("{READ_AT_BUILD}{path}.json")).copied()
}

/// How the names of what `build.rs` read begin.
const READ_AT_BUILD: &str = "read/";

/// Every text that the binary carries, by its name. The folders themselves are searched from their start each time.
fn carried() -> &'static HashMap<String, &'static str> {
    static CARRIED: OnceLock<HashMap<String, &'static str>> = OnceLock::new();
    CARRIED.get_or_init(|| {
        let mut texts = HashMap::new();
        for (name, dir) in Embedded::ALL.map(Embedded::folder) {
            texts.extend(all(dir).into_iter().map(|(path, text)| (format!("{name}/{path}"), text)));
        }
        texts.extend(all(&READ).into_iter().map(|(path, text)| (format!("{READ_AT_BUILD}{path}"), text)));
        texts
    })
}

/// Every text of a folder and its folders, by its path in it.
fn all(dir: &'static Dir<'static>) -> Vec<(String, &'static str)> {
    let of_dir = dir.files().filter_map(|file| Some((file.path().display().to_string(), file.contents_utf8()?)));
    of_dir.chain(dir.dirs().flat_map(all)).collect()
}
