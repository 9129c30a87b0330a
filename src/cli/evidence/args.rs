//! The options of `tidegate evidence`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};

use crate::cli::args::FolderArgs;
use crate::evidence::Algorithm;
use crate::load::LogPlace;
use crate::model::{Date, Time};

#[derive(Debug, Args)]
pub(in crate::cli) struct EvidenceArgs {
    #[command(subcommand)]
    pub(super) verb: EvidenceVerb,
}

#[derive(Debug, Subcommand)]
pub(super) enum EvidenceVerb {
    /// Judge the manifests under the paths, and write a bundle: result, everything that decided, and a signed statement
    Export(ExportArgs),
    /// Check that a bundle is whole, unchanged, valid, and signed by whom it should be (exit code 12 if not)
    Verify(VerifyArgs),
    /// Decide again from a bundle alone, and compare (exit code 12 if it comes out otherwise)
    Replay(ReplayArgs),
    /// Write the report for people from a bundle, with who has signed it: a PDF or a page for a browser
    Report(ReportArgs),
    /// Add a signature to a bundle: another person's, perhaps on another machine
    Sign(SignArgs),
    /// Make a pair of keys: NAME.pem, which is secret, and NAME.pub.pem
    Keygen(KeygenArgs),
    /// What changed between two bundles; exit code 10 when something did
    Diff(super::diff::DiffArgs),
    /// The log of exported bundles, in which nothing is changed or taken out without showing
    #[command(subcommand)]
    Log(super::log::LogVerb),
}

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// Folders to search for manifests, or manifests
    /// [default: the paths of tidegate.yaml, or the folder that it is in]
    pub(super) paths: Vec<PathBuf>,
    /// The bundle: one zip archive when the name ends with .zip, else a folder
    #[arg(long, value_name = "BUNDLE")]
    pub(super) out: PathBuf,
    /// Replace a former bundle of the same name
    #[arg(long)]
    pub(super) force: bool,
    /// The day of the decision [default: today]
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<Date>,
    /// The moment at which the bundle is made, such as 2026-11-22T09:30:00Z [default: now]
    #[arg(long)]
    pub(super) time: Option<Time>,
    /// For how many days the bundle may be relied on [default: nothing is said]
    #[arg(long, value_name = "DAYS")]
    pub(super) valid_days: Option<u32>,
    /// The saved result of an earlier run: what it found is told, and only what is new counts
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Let no exception count
    #[arg(long)]
    pub(super) no_exceptions: bool,
    /// A secret key that signs; may be repeated [default: nobody signs yet]
    #[arg(long, value_name = "KEY.pem")]
    pub(super) key: Vec<PathBuf>,
    /// The file with the passphrase of the keys
    #[arg(long, value_name = "FILE")]
    pub(super) passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) folders: FolderArgs,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The bundle
    pub(super) bundle: PathBuf,
    /// The public key of an expected signer, got on another way than the bundle; may be repeated
    #[arg(long, required = true, value_name = "KEY.pub.pem")]
    pub(super) key: Vec<PathBuf>,
    /// How many of the expected signers must have signed
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub(super) threshold: usize,
    /// The certificate, in PEM, of an authority that is believed the time: a root, or an intermediate one; may be repeated.
    /// The bundle must then have a time stamp that leads to it [default: who signed a time stamp is not looked at]
    #[arg(long, value_name = "CERT.pem")]
    pub(super) time_authority: Vec<PathBuf>,
    /// The log in which the bundle must stand, neither replaced nor withdrawn: a folder, or `git:BRANCH`
    #[arg(long, value_name = "DIR|git:BRANCH")]
    pub(super) log: Option<LogPlace>,
    /// The moment of the check [default: now]
    #[arg(long)]
    pub(super) time: Option<Time>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub(super) format: Form,
}

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// The bundle
    pub(super) bundle: PathBuf,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub(super) format: Form,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// The bundle
    pub(super) bundle: PathBuf,
    /// The report: its name ends with .pdf or .html
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// The public key of a signer, got on another way than the bundle; may be repeated
    #[arg(long, value_name = "KEY.pub.pem")]
    pub(super) key: Vec<PathBuf>,
    /// The moment that the report names as its own [default: now]
    #[arg(long)]
    pub(super) time: Option<Time>,
}

#[derive(Debug, Args)]
pub(super) struct SignArgs {
    /// The bundle
    pub(super) bundle: PathBuf,
    /// The secret key that signs; may be repeated
    #[arg(long, required_unless_present = "timestamp", value_name = "KEY.pem")]
    pub(super) key: Vec<PathBuf>,
    /// A time stamp by RFC 3161 over attestation.json, to put beside it once all have signed
    #[arg(long, conflicts_with = "key", value_name = "TOKEN.tsr")]
    pub(super) timestamp: Option<PathBuf>,
    /// The file with the passphrase of the keys
    #[arg(long, value_name = "FILE")]
    pub(super) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct KeygenArgs {
    /// The name of the files, without an ending
    pub(super) name: PathBuf,
    /// The algorithm
    #[arg(long, default_value = Algorithm::Ed25519.word(), value_parser = algorithm())]
    pub(super) algorithm: Algorithm,
    /// The file with the passphrase under which to put the secret key
    #[arg(long, value_name = "FILE")]
    pub(super) passphrase_file: Option<PathBuf>,
}

/// The forms of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

fn algorithm() -> impl TypedValueParser<Value = Algorithm> {
    let words = PossibleValuesParser::new(Algorithm::ALL.map(Algorithm::word));
    words.map(|word| Algorithm::ALL.into_iter().find(|known| known.word() == word).unwrap_or(Algorithm::Ed25519))
}
