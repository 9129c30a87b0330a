//! The knowledge that the binary carries.

use std::sync::Arc;

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
}

/// The files of an embedded folder, sorted by path.
pub fn embedded(folder: Embedded) -> Vec<Arc<SourceFile>> {
    let (name, dir) = match folder {
        Embedded::Policies => ("policies", &POLICIES),
        Embedded::Profiles => ("provider-profiles", &PROFILES),
        Embedded::Vocabulary => ("vocabulary", &VOCABULARY),
    };
    let mut files = Vec::new();
    collect(name, dir, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// What was read of an embedded file when the program was built: a rule or schema in Cedar's JSON form, or a stored document.
pub fn read_at_build(file: &SourceFile) -> Option<&'static str> {
    let path = file.path.strip_prefix(EMBEDDED).filter(|_| file.embedded)?;
    let (folder, name) = path.split_once('/')?;
    let folder = [("policies", &POLICIES), ("provider-profiles", &PROFILES), ("vocabulary", &VOCABULARY)]
        .into_iter()
        .find_map(|(known, dir)| (known == folder).then_some(dir))?;
    // A bundle of evidence brings what another binary carried, under the same names.
    folder.get_file(name).filter(|held| held.contents() == file.text.as_bytes())?;
    READ.get_file(format!("{path}.json"))?.contents_utf8()
}

fn collect(name: &str, dir: &Dir<'_>, files: &mut Vec<Arc<SourceFile>>) {
    for file in dir.files() {
        if let Some(text) = file.contents_utf8() {
            let path = format!("{EMBEDDED}{name}/{}", file.path().display());
            files.push(Arc::new(SourceFile::new(path, text, true)));
        }
    }
    for dir in dir.dirs() {
        collect(name, dir, files);
    }
}
