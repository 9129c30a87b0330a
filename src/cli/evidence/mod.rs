//! `tidegate evidence`: what an auditor gets, and how it is checked.

mod args;
mod check;
mod diff;
mod export;
mod keys;
mod log;
mod report;
mod show;

pub(super) use args::EvidenceArgs;
use args::EvidenceVerb;

use std::path::Path;
use std::sync::Arc;

use super::{Exit, Outcome, Surroundings};
use crate::load;
use crate::model::{Moment, Time};
use crate::problem::Problem;
use crate::source::SourceFile;

pub(super) fn run(args: &EvidenceArgs, around: &Surroundings) -> Outcome {
    let done = match &args.verb {
        EvidenceVerb::Diff(args) => return diff::run(args, around),
        EvidenceVerb::Log(verb) => return log::run(verb, around),
        EvidenceVerb::Export(args) => export::run(args, around),
        EvidenceVerb::Verify(args) => check::verify(args, around),
        EvidenceVerb::Replay(args) => check::replay(args, around),
        EvidenceVerb::Report(args) => report::run(args, around),
        EvidenceVerb::Sign(args) => keys::sign(args, around),
        EvidenceVerb::Keygen(args) => keys::keygen(args, around),
    };
    done.unwrap_or_else(|outcome| outcome)
}

/// The moment that the user names, or now.
fn time(named: Option<Time>, around: &Surroundings) -> Result<Time, Outcome> {
    let now = || around.now.and_then(Moment::time);
    named.or_else(now).ok_or_else(|| Outcome::usage("the system's clock shows no time; give one with --time"))
}

/// One text of a bundle.
fn text_of(bundle: &Path, name: &str) -> Result<Arc<SourceFile>, Problem> {
    let found = load::bundle(bundle)?;
    let missing = || Problem::new(format!("`{}` holds no `{name}`", bundle.display()));
    let bytes = found.files.get(name).ok_or_else(missing)?;
    let text = std::str::from_utf8(bytes).map_err(|_| missing())?;
    Ok(Arc::new(SourceFile::new(format!("{}/{name}", bundle.display()), text, false)))
}

/// Something that cannot be written.
fn unwritten(path: &std::path::Path, error: &std::io::Error) -> Outcome {
    Outcome::stopped(Exit::Failure, format!("error: cannot write `{}`: {error}\n", path.display()))
}
