//! The options of `tidegate evidence log`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::evidence::diff::Form;
use crate::load::LogPlace;
use crate::model::Date;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum LogVerb {
    /// Append a bundle to the log; one that is in it already is not appended again
    Append(AppendArgs),
    /// Say in the log that a bundle no longer stands
    Withdraw(WithdrawArgs),
    /// List the entries, and how each stands
    List(ListArgs),
    /// Print a proof that somebody else can check: that a bundle is in the log, or that the log only grew
    Prove(ProveArgs),
    /// Check that the log is whole, how a bundle stands in it, or a proof
    ///
    /// Exit code 0: the log is whole and the bundle stands, or the proof holds. 10: the bundle was replaced. 12: the log is not
    /// whole, the bundle is not in it or was withdrawn, or the proof does not hold.
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PlaceArgs {
    /// The folder of the log, or `git:BRANCH` of the repository around the working folder
    #[arg(long, value_name = "DIR|git:BRANCH")]
    pub(super) log: LogPlace,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct KeepArgs {
    /// The moment of the entry is this day [default: now]
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<Date>,
    /// Also write the new checkpoint into a file, to be kept elsewhere
    #[arg(long, value_name = "FILE")]
    pub(super) checkpoint: Option<PathBuf>,
    /// Also write the proof that the entry is in the log
    #[arg(long, value_name = "FILE")]
    pub(super) proof: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AppendArgs {
    /// The bundle
    pub(super) bundle: PathBuf,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    /// The bundle's name in the log; a later bundle of the same name replaces it [default: that of its file]
    #[arg(long)]
    pub(super) name: Option<String>,
    /// Something to say about it
    #[arg(long, value_name = "TEXT")]
    pub(super) note: Option<String>,
    /// What tells a new log from all others, such as `example.com/evidence` [default: made from its first entry]
    #[arg(long, value_name = "NAME")]
    pub(super) origin: Option<String>,
    #[command(flatten)]
    pub(super) keep: KeepArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct WithdrawArgs {
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    /// The number of the entry
    #[arg(long, value_name = "NUMBER")]
    pub(super) entry: u64,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
    #[command(flatten)]
    pub(super) keep: KeepArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub(super) format: Form,
}

#[derive(Debug, Args)]
#[group(id = "what", required = true, multiple = false, args = ["entry", "bundle", "since"])]
pub(in crate::cli) struct ProveArgs {
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    /// Prove that the entry with this number is in the log
    #[arg(long, value_name = "NUMBER")]
    pub(super) entry: Option<u64>,
    /// Prove that this bundle is in the log
    #[arg(long, value_name = "BUNDLE")]
    pub(super) bundle: Option<PathBuf>,
    /// Prove that the log only grew since this checkpoint
    #[arg(long, value_name = "CHECKPOINT")]
    pub(super) since: Option<PathBuf>,
    /// The checkpoint that the reader of the proof has [default: the last one]
    #[arg(long, value_name = "FILE")]
    pub(super) checkpoint: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyArgs {
    /// The folder of the log, or `git:BRANCH` of the repository around the working folder
    #[arg(long, value_name = "DIR|git:BRANCH", required_unless_present = "proof", conflicts_with = "proof")]
    pub(super) log: Option<LogPlace>,
    /// Also tell how this bundle stands in the log
    #[arg(long, value_name = "BUNDLE", conflicts_with = "proof")]
    pub(super) bundle: Option<PathBuf>,
    /// A checkpoint that was kept elsewhere; may be repeated. A proof of growth needs the earlier and the later one
    #[arg(long, value_name = "FILE", required_unless_present = "log")]
    pub(super) checkpoint: Vec<PathBuf>,
    /// Check this proof, without the log
    #[arg(long, value_name = "FILE")]
    pub(super) proof: Option<PathBuf>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub(super) format: Form,
}
