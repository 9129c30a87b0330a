//! The knowledge that the binary carries.

use std::sync::Arc;

use include_dir::{Dir, include_dir};

use crate::source::SourceFile;

static POLICIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/policies");
static PROFILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/provider-profiles");
static VOCABULARY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/vocabulary");

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

fn collect(name: &str, dir: &Dir<'_>, files: &mut Vec<Arc<SourceFile>>) {
    for file in dir.files() {
        if let Some(text) = file.contents_utf8() {
            let path = format!("(embedded)/{name}/{}", file.path().display());
            files.push(Arc::new(SourceFile::new(path, text, true)));
        }
    }
    for dir in dir.dirs() {
        collect(name, dir, files);
    }
}
