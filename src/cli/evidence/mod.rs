//! `tidegate evidence`: what others can check.

mod diff;
mod log;

use clap::{Args, Subcommand};

use super::{Outcome, Surroundings};

#[derive(Debug, Args)]
pub(super) struct EvidenceArgs {
    #[command(subcommand)]
    verb: EvidenceVerb,
}

#[derive(Debug, Subcommand)]
enum EvidenceVerb {
    /// What changed between two bundles; exit code 10 when something did
    Diff(diff::DiffArgs),
    /// The log of exported bundles, in which nothing is changed or taken out without showing
    #[command(subcommand)]
    Log(log::LogVerb),
}

pub(super) fn run(args: &EvidenceArgs, around: &Surroundings) -> Outcome {
    match &args.verb {
        EvidenceVerb::Diff(args) => diff::run(args, around),
        EvidenceVerb::Log(verb) => log::run(verb, around),
    }
}
