//! Integrations that nobody declared: traces of providers in a repository, held against the flows of its manifests.
//!
//! What to look for is data of the provider profiles. The published form is [`Discovery`] (`schemas/discovery.schema.json`).

mod comments;
mod dependencies;
mod judge;
mod place;
mod scan;
mod search;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::knowledge::{Knowledge, Known, Listed};
use crate::load::{self, Exclude};
use crate::model::Config;
use crate::problem::{Problem, suggest};
use crate::report::{Notice, Place, Verdict};

pub use judge::exclusions;
use scan::{Found, Scanned};
use search::Search;

/// The version of the form.
pub const VERSION: u32 = 1;

/// What was found in a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Discovery {
    /// The version of this form.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// What searched.
    pub tool: Searcher,
    /// `undetermined` when a provider is used without a declared flow, else `permitted`.
    pub verdict: Verdict,
    /// How many files were searched.
    pub files: usize,
    /// The providers found, by id.
    pub providers: Vec<Finding>,
    /// Traces that do not count, each with the reason.
    pub aside: Vec<SetAside>,
    /// What was not searched, each with the reason.
    pub left_out: Vec<LeftOut>,
}

/// What searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Searcher {
    /// `tidegate`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A provider that the repository uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The provider's id.
    pub provider: String,
    /// Its name.
    pub title: String,
    /// True when flows are declared for every trace.
    pub declared: bool,
    /// The services that the traces may show.
    pub services: Vec<String>,
    /// The declared flows to the provider.
    pub flows: Vec<DeclaredFlow>,
    /// The traces, by place: of each name the first in a file.
    pub traces: Vec<Trace>,
}

/// A flow that a manifest declares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct DeclaredFlow {
    /// The manifest's id.
    pub integration: String,
    /// The flow's id.
    pub flow: String,
    /// The service.
    pub service: String,
}

/// A name that shows the use of a provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Trace {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What kind of name it is.
    pub kind: TraceKind,
    /// The name as it stands there.
    pub name: String,
    /// Where the package comes from: `pypi`, `npm`, `maven`, `go`, `cargo` or `nuget`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecosystem: Option<String>,
    /// True when a manifest declares a flow to one of the services that the trace may show.
    pub declared: bool,
}

/// Kinds of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TraceKind {
    /// A dependency on a client library.
    Package,
    /// A host of the provider's interfaces.
    Host,
    /// The name of an environment variable or setting.
    Variable,
    /// Another word for this use alone, such as a permission.
    Identifier,
}

/// A trace that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetAside {
    /// The provider's id.
    pub provider: String,
    /// The trace.
    pub trace: Trace,
    /// Why it does not count.
    pub reason: String,
    /// Where the reason is recorded; without it, Tidegate found the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A file or folder that was not searched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// The path.
    pub path: String,
    /// The reason.
    pub reason: String,
    /// True when it should have been searched and could not be.
    pub failed: bool,
}

/// Where to look, and what is declared.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The provider profiles.
    pub knowledge: &'a Knowledge,
    /// The manifests that declare flows.
    pub manifests: &'a [Listed],
    /// What is recorded as no integration.
    pub config: Option<&'a Known<Config>>,
    /// What is left out of the search.
    pub exclude: &'a Exclude,
}

impl TraceKind {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Host => "host",
            Self::Variable => "variable",
            Self::Identifier => "identifier",
        }
    }
}

/// Searches the files under the paths.
///
/// # Errors
/// Folders that cannot be read, and patterns that cannot be used.
pub fn discover(paths: &[impl AsRef<Path>], look: Look<'_>) -> Result<Discovery, Vec<Problem>> {
    let mut problems = Vec::new();
    let pruned: Arc<Mutex<Vec<LeftOut>>> = Arc::default();
    let folders = Arc::clone(&pruned);
    let wanted = move |path: &Path| match place::folder(path) {
        None => true,
        Some(reason) => {
            let left_out = LeftOut { path: load::shown(path), reason: reason.to_owned(), failed: false };
            folders.lock().unwrap_or_else(PoisonError::into_inner).push(left_out);
            false
        }
    };
    let roots: Vec<_> = paths.iter().map(|path| path.as_ref().to_owned()).collect();
    let files = load::files_under(&roots, look.exclude, wanted, &mut problems);
    let exclusions = exclusions(look.config, &mut problems);
    providers(look.knowledge, &mut problems);
    let search = Search::new(look.knowledge).map_err(|error| vec![Problem::new(error)])?;
    if !problems.is_empty() {
        return Err(problems);
    }
    let scanned: Vec<Scanned> = files.par_iter().map(|file| scan::file(file, &search)).collect();

    let mut left_out = std::mem::take(&mut *pruned.lock().unwrap_or_else(PoisonError::into_inner));
    let mut found: Vec<Found> = Vec::new();
    let mut searched = 0;
    for scanned in scanned {
        searched += usize::from(scanned.searched);
        found.extend(scanned.found);
        left_out.extend(scanned.left_out);
    }
    left_out.sort();
    left_out.dedup();
    let (providers, aside) =
        judge::judge(&search, found, &look, &exclusions).map_err(|error| vec![Problem::new(error)])?;
    let open = providers.iter().any(|finding| !finding.declared);
    let verdict = if open { Verdict::Undetermined } else { Verdict::Permitted };
    let tool = Searcher { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    Ok(Discovery { version: VERSION, tool, verdict, files: searched, providers, aside, left_out })
}

/// The providers that a profile names beside its own must exist. Only here are all profiles read for certain.
fn providers(knowledge: &Knowledge, problems: &mut Vec<Problem>) {
    for known in knowledge.profiles.values() {
        let named = known.model.traces.iter().enumerate().flat_map(|(group, traces)| {
            let names = traces.also.iter().enumerate();
            names.map(move |(index, name)| (format!("/traces/{group}/also/{index}"), name))
        });
        for (at, name) in named.filter(|(_, name)| !knowledge.profiles.contains_key(*name)) {
            let problem = known.document.problem(&at, format!("there is no provider `{name}`"), "this provider");
            let help = suggest(name, knowledge.profiles.keys().map(String::as_str));
            problems.push(problem.help(help.unwrap_or_else(|| "`tidegate profiles list` lists them".to_owned())));
        }
    }
}

impl Discovery {
    /// The published schema.
    pub fn schema() -> Json {
        schemars::generate::SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Self>().to_value()
    }

    /// The providers without a declared flow, for the result of a check. The lines themselves stay out of it: they may hold keys.
    pub fn notices(&self) -> Vec<Notice> {
        self.providers.iter().filter_map(Finding::notice).collect()
    }
}

impl Finding {
    /// The traces for which no flow is declared.
    pub fn open(&self) -> impl Iterator<Item = &Trace> {
        self.traces.iter().filter(|trace| !trace.declared)
    }

    /// How to mend it.
    pub fn remedy(&self) -> String {
        format!(
            "declare the flow in a manifest, to one of: {}; where no data flow, record the path with the reason under \
             `not_integrations` in tidegate.yaml",
            self.services.join(", ")
        )
    }

    fn notice(&self) -> Option<Notice> {
        let first = self.open().next()?;
        let others = match self.open().count() - 1 {
            0 => String::new(),
            1 => ", and one more trace".to_owned(),
            more => format!(", and {more} more traces"),
        };
        Some(Notice {
            id: "discover/undeclared".to_owned(),
            verdict: Verdict::Undetermined,
            message: format!(
                "{} is used, and no manifest declares what flows there: {} `{}`{others}",
                self.title,
                first.kind.word(),
                first.name
            ),
            remedy: self.remedy(),
            place: Place { file: first.file.clone(), line: first.line, column: first.column, source: None },
        })
    }
}
