//! `tidegate evidence`: what an auditor gets, and how it is checked.

mod args;
mod check;
mod export;
mod keys;
mod show;

pub(super) use args::EvidenceArgs;
use args::EvidenceVerb;

use super::{Exit, Outcome, Surroundings};
use crate::model::{Moment, Time};

pub(super) fn run(args: &EvidenceArgs, around: &Surroundings) -> Outcome {
    let done = match &args.verb {
        EvidenceVerb::Export(args) => export::run(args, around),
        EvidenceVerb::Verify(args) => check::verify(args, around),
        EvidenceVerb::Replay(args) => check::replay(args, around),
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

/// Something that cannot be written.
fn unwritten(path: &std::path::Path, error: &std::io::Error) -> Outcome {
    Outcome::stopped(Exit::Failure, format!("error: cannot write `{}`: {error}\n", path.display()))
}
