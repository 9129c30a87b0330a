//! One file: what it names.

use std::collections::HashSet;
use std::path::Path;

use serde_json::Value as Json;

use super::place::{self, Use};
use super::search::Search;
use super::{LeftOut, Trace, TraceKind, comments};
use crate::document::Kind;
use crate::load;
use crate::source::SourceFile;

/// What came of a file.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    /// True when it was searched.
    pub(super) searched: bool,
    /// The traces.
    pub(super) found: Vec<Found>,
    /// Why it, or a part of it, was not searched.
    pub(super) left_out: Option<LeftOut>,
}

/// A trace, and the group of traces that it belongs to.
#[derive(Debug)]
pub(super) struct Found {
    /// The group, by its number.
    pub(super) group: usize,
    /// The trace.
    pub(super) trace: Trace,
}

pub(super) fn file(path: &Path, search: &Search<'_>) -> Scanned {
    let left_out = |reason: &str, failed| Scanned {
        left_out: Some(LeftOut { path: load::shown(path), reason: reason.to_owned(), failed }),
        ..Scanned::default()
    };
    let (syntax, format) = match place::file(path) {
        Use::Other => return Scanned::default(),
        Use::LeftOut(reason) => return left_out(reason, false),
        Use::Searched(syntax, format) => (syntax, format),
    };
    let source = match load::read_source(path) {
        Ok(Some(source)) => source,
        Ok(None) => return left_out("larger than people write", false),
        Err(problem) => return left_out(&problem.message, true),
    };
    if is_ours(&source) {
        return left_out("a document of Tidegate", false);
    }
    let bare = comments::blanked(&source.text, syntax);
    let mut scanned = Scanned { searched: true, ..Scanned::default() };
    if let Some(format) = format {
        match format.read(&source.text, &bare) {
            Ok(dependencies) => {
                for dependency in dependencies {
                    for group in search.package(format.ecosystem(), &dependency.name) {
                        let trace = trace(&source, dependency.at, TraceKind::Package, &dependency.name);
                        let ecosystem = Some(format.ecosystem().word().to_owned());
                        scanned.found.push(Found { group: *group, trace: Trace { ecosystem, ..trace } });
                    }
                }
            }
            Err(why) => {
                let reason = format!("its dependencies cannot be read: {why}");
                scanned.left_out = Some(LeftOut { path: source.path.clone(), reason, failed: true });
            }
        }
    }
    for hit in search.words(&bare) {
        scanned.found.push(Found { group: hit.group, trace: trace(&source, hit.at, hit.kind, hit.name) });
    }
    scanned.found.sort_by(|a, b| (&a.trace, a.group).cmp(&(&b.trace, b.group)));
    // A package may be named for several groups of users; the first place is enough.
    let mut seen = HashSet::new();
    scanned.found.retain(|found| seen.insert((found.group, found.trace.kind, found.trace.name.clone())));
    scanned
}

fn trace(source: &SourceFile, at: usize, kind: TraceKind, name: &str) -> Trace {
    let (line, column) = source.line_column(at);
    Trace { file: source.path.clone(), line, column, kind, name: name.to_owned(), ecosystem: None, declared: false }
}

/// True for Tidegate's own documents and results: they name providers to judge them.
fn is_ours(source: &SourceFile) -> bool {
    if source.path.ends_with(".json") {
        let Ok(json) = serde_json::from_str::<Json>(&source.text) else { return false };
        let kind = json["kind"].as_str().and_then(Kind::from_word);
        return json["version"] == 1 && (kind.is_some() || json["tool"]["name"] == env!("CARGO_PKG_NAME"));
    }
    let mut lines = source.text.lines();
    let of_kind = |line: &str| line.strip_prefix("kind:").is_some_and(|word| Kind::from_word(word.trim()).is_some());
    lines.any(of_kind) && source.text.lines().any(|line| line.trim_end() == "version: 1")
}
