//! The options.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::evidence::EvidenceArgs;
use super::impact::ImpactArgs;
use super::output::RenderArgs;
use crate::model::Date;

const EXIT_CODES: &str = "Exit codes:
   0  every flow is permitted
  10  the worst verdict is conditional
  11  the worst verdict is undetermined
  12  the worst verdict is refused, or a bundle of evidence is not in order
   1  Tidegate failed
   2  the command line is wrong
   3  a document is invalid
   4  there was nothing to check";

/// May this data, for this purpose, go to this AI service?
///
/// Tidegate joins what the data are, what the provider's terms say, what the customer's contract forbids and what the law asks,
/// and decides every proposed flow from written facts.
#[derive(Debug, Parser)]
#[command(name = "tidegate", version, after_help = EXIT_CODES, max_term_width = 80)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(super) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Judge every flow of the integration manifests under the paths
    Check(CheckArgs),
    /// Judge one flow without a manifest; what is not given is unknown
    Ask(AskArgs),
    /// Render a saved result again, in any form; the exit code is that of the run it holds
    Convert(ConvertArgs),
    /// Which flows a change loosens or tightens, and which changed fact or rule is the cause
    Impact(ImpactArgs),
    /// Find AI providers that a repository uses, and tell those to which no manifest declares a flow (exit code 11)
    Discover(DiscoverArgs),
    /// List the rules
    Rules(FolderArgs),
    /// Explain one rule: what it asks, from which source, by which facts, and how to satisfy it
    Explain(ExplainArgs),
    /// What is known of the providers' terms
    Profiles(ProfilesArgs),
    /// Print the JSON Schema of a kind of document
    Schema(SchemaArgs),
    /// Approved waivers of single findings
    Exceptions(ExceptionsArgs),
    /// Signed evidence of decisions: a bundle that can be checked without Tidegate, and the log of bundles
    Evidence(EvidenceArgs),
    /// Write the registers of the flows: records of processing, sub-processors, transfers, and a calendar of what ends
    #[command(visible_alias = "registers")]
    Register(RegisterArgs),
    /// Write a commented start into a repository: configuration, exceptions and a first manifest
    Init(InitArgs),
    /// Run the scenarios of rules: Markdown pages with a flow and the verdict it must have
    Test(TestArgs),
    /// Write rules, profiles and vocabulary as pages for people
    Docs(DocsArgs),
    /// Print a script that completes commands in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write a manual page for every command
    Man(ManArgs),
}

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The folder to write to; `man -l FILE` shows a page, and pages in `share/man/man1` are found by name
    #[arg(default_value = "man")]
    pub(super) folder: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub(super) struct FolderArgs {
    /// A folder with rule packs of your own, beside the embedded ones; may be repeated
    #[arg(long, value_name = "DIR")]
    pub(super) policies: Vec<PathBuf>,
    /// A folder with provider profiles of your own; one with the id of an embedded profile replaces it
    #[arg(long, value_name = "DIR")]
    pub(super) profiles: Vec<PathBuf>,
    /// A folder with vocabulary of your own
    #[arg(long, value_name = "DIR")]
    pub(super) vocabulary: Vec<PathBuf>,
    /// A folder with customer contracts and provider agreements [default: contracts]
    #[arg(long, value_name = "DIR")]
    pub(super) contracts: Vec<PathBuf>,
    /// The configuration [default: tidegate.yaml here or in a folder above, up to the repository's root]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long, conflicts_with = "config")]
    pub(super) no_config: bool,
}

#[derive(Debug, Args)]
pub(super) struct OutputArgs {
    /// The day of the decision [default: today]
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<Date>,
    #[command(flatten)]
    pub(super) render: RenderArgs,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Folders to search for `integration.yaml` and `*.integration.yaml` (also .yml and .json), or manifests
    /// [default: the paths of tidegate.yaml, or the folder that it is in]
    pub(super) paths: Vec<PathBuf>,
    /// The saved result of an earlier run: what it found is told, and only what is new counts
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Let no exception count
    #[arg(long)]
    pub(super) no_exceptions: bool,
    /// Also search the paths for AI providers to which no manifest declares a flow, as `discover` does
    #[arg(long)]
    pub(super) discover: bool,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) folders: FolderArgs,
}

#[derive(Debug, Args)]
pub(super) struct AskArgs {
    /// A data class, such as `user.contact.email`, or with a status `user.unique_id:pseudonymised`; may be repeated
    #[arg(long, required = true, value_name = "CLASS[:STATUS]")]
    pub(super) data: Vec<String>,
    /// Why the data are sent, such as `customer-support`
    #[arg(long)]
    pub(super) purpose: String,
    /// The service, such as `openai/api`
    #[arg(long, value_name = "PROVIDER/SERVICE")]
    pub(super) service: String,
    /// One of the locations that the service offers
    #[arg(long)]
    pub(super) location: String,
    /// A feature of the service that is used; may be repeated
    #[arg(long)]
    pub(super) feature: Vec<String>,
    /// An option of the service that is relied on; may be repeated
    #[arg(long)]
    pub(super) option: Vec<String>,
    /// A customer contract that governs the data, or `none`; may be repeated
    #[arg(long)]
    pub(super) contract: Vec<String>,
    /// A law that applies, or `none`; may be repeated
    #[arg(long)]
    pub(super) law: Vec<String>,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) folders: FolderArgs,
}

#[derive(Debug, Args)]
pub(super) struct ConvertArgs {
    /// What `--format json` printed
    #[arg(value_name = "RESULT.json")]
    pub(super) result: PathBuf,
    #[command(flatten)]
    pub(super) render: RenderArgs,
}

#[derive(Debug, Args)]
pub(super) struct DiscoverArgs {
    /// Folders or files to search; manifests under them, and under the paths of tidegate.yaml, declare flows
    /// [default: the paths of tidegate.yaml, or the folder that it is in]
    pub(super) paths: Vec<PathBuf>,
    /// The form of the result
    #[arg(long, default_value = "text")]
    pub(super) format: DiscoverFormat,
    /// Also tell what is declared, what does not count, and what was not searched
    #[arg(long, short)]
    pub(super) verbose: bool,
    #[command(flatten)]
    pub(super) folders: FolderArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiscoverFormat {
    /// For people
    Text,
    /// For programs; `tidegate schema discovery` prints its schema
    Json,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The rule's id, such as `gdpr/28-processor-contract`
    pub(super) rule: String,
    #[command(flatten)]
    pub(super) folders: FolderArgs,
}

#[derive(Debug, Args)]
pub(super) struct ProfilesArgs {
    #[command(subcommand)]
    pub(super) verb: ProfilesVerb,
}

#[derive(Debug, Subcommand)]
pub(super) enum ProfilesVerb {
    /// List the services
    List(FolderArgs),
    /// Show every fact of a service, with its source
    Show(ShowArgs),
    /// List the profiles whose review is due
    Stale(StaleArgs),
    /// List the documents that changed after the review, with the facts that cite them
    Drift(DriftArgs),
}

#[derive(Debug, Args)]
pub(super) struct ExceptionsArgs {
    #[command(subcommand)]
    pub(super) verb: ExceptionsVerb,
}

#[derive(Debug, Subcommand)]
pub(super) enum ExceptionsVerb {
    /// List the exceptions: who approved what until when, and which need care (exit code 10)
    List(StaleArgs),
}

#[derive(Debug, Args)]
pub(super) struct RegisterArgs {
    /// Folders to search for manifests, or manifests, as for `check`
    pub(super) paths: Vec<PathBuf>,
    /// The folder to write to; registers of an earlier time in it are replaced
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// The day of the decision [default: today]
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<Date>,
    /// The saved result of an earlier run, as for `check`
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(super) folders: FolderArgs,
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The repository's folder; files that are there are left as they are
    #[arg(default_value = ".")]
    pub(super) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct StaleArgs {
    /// The day to look from [default: today]
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<Date>,
    #[command(flatten)]
    pub(super) folders: FolderArgs,
}

#[derive(Debug, Args)]
pub(super) struct DriftArgs {
    /// A git checkout of archived terms, such as a collection of Open Terms Archive
    #[arg(long, value_name = "DIR")]
    pub(super) terms: PathBuf,
    #[command(flatten)]
    pub(super) folders: FolderArgs,
}

#[derive(Debug, Args)]
pub(super) struct DocsArgs {
    /// The folder to write to; pages of others in it are left alone
    #[arg(default_value = "docs/knowledge")]
    pub(super) folder: PathBuf,
    /// Write nothing, and fail if the folder differs
    #[arg(long)]
    pub(super) check: bool,
    /// Scenario pages, for the page on coverage; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(super) scenarios: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) folders: FolderArgs,
}

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The service, such as `openai/api`
    #[arg(value_name = "PROVIDER/SERVICE")]
    pub(super) service: String,
    #[command(flatten)]
    pub(super) folders: FolderArgs,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// integration, provider-profile, customer-contract, provider-agreement, vocabulary, rule-pack, config,
    /// exceptions, result, impact, discovery or evidence
    pub(super) kind: String,
    #[command(flatten)]
    pub(super) folders: FolderArgs,
}

#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// Scenario pages (.md), or folders that hold them
    #[arg(default_value = "tests/scenarios")]
    pub(super) paths: Vec<PathBuf>,
    /// Accept rules that no scenario violates or satisfies
    #[arg(long)]
    pub(super) no_coverage: bool,
    /// Change every rule in one place at a time, and report the changes that no scenario notices
    #[arg(long)]
    pub(super) mutants: bool,
    #[command(flatten)]
    pub(super) folders: FolderArgs,
}
