//! The command line. Every verb returns what to print and how to exit; only `main` prints.

mod args;
mod ask;
mod check;
mod convert;
mod delivery;
mod discover;
mod docs;
mod evidence;
mod exceptions;
mod impact;
mod init;
mod knowledge;
mod man;
mod output;
mod profiles;
mod register;
mod setup;
mod test;

use std::path::PathBuf;
use std::process::{ExitCode, Termination};

use clap::CommandFactory;

use crate::model::{Date, Moment};
use crate::problem::Problem;
use crate::render;
use crate::report::Verdict;

pub use args::Cli;
use args::Verb;
use setup::setup;

/// The width of texts that go to no terminal.
pub const WIDTH: usize = 80;

/// What surrounds a run: passed in, never looked up.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// What the system's clock shows.
    pub now: Option<Moment>,
    /// The working folder, from its root.
    pub folder: PathBuf,
    /// The width of the output in columns.
    pub width: usize,
    /// Prints a piece of a long text to standard output, before the run is over.
    pub print: fn(&str),
    /// Whether somebody watches standard error.
    pub watched: bool,
    /// The file that takes the summary of a step, on GitHub.
    pub step_summary: Option<PathBuf>,
}

/// What a run leaves: two texts and an exit code.
#[derive(Debug)]
pub struct Outcome {
    /// For standard output.
    pub output: String,
    /// For standard error.
    pub messages: String,
    /// The exit code.
    pub exit: Exit,
}

/// The exit codes, the same for every verb and format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: all flows are permitted, or the verb has nothing to judge and worked.
    Permitted,
    /// 10: the worst verdict is conditional.
    Conditional,
    /// 11: the worst verdict is undetermined.
    Undetermined,
    /// 12: the worst verdict is refused, or a bundle of evidence is not in order.
    Refused,
    /// 1: the tool failed, or a scenario did.
    Failure,
    /// 2: the command line was wrong. clap uses it too.
    Usage,
    /// 3: a document is invalid.
    Invalid,
    /// 4: there was nothing to check.
    Nothing,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Permitted => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Invalid => 3,
            Self::Nothing => 4,
            Self::Conditional => 10,
            Self::Undetermined => 11,
            Self::Refused => 12,
        }
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Permitted => Self::Permitted,
            Verdict::Conditional => Self::Conditional,
            Verdict::Undetermined => Self::Undetermined,
            Verdict::Refused => Self::Refused,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}

impl Surroundings {
    /// When to decide: on the day that the user names, or now.
    fn moment(&self, named: Option<Date>) -> Result<Moment, Outcome> {
        named
            .map(Moment::On)
            .or(self.now)
            .ok_or_else(|| Outcome::usage("the system's clock shows no date; give one with --as-of"))
    }
}

impl Outcome {
    fn done(output: String) -> Self {
        Self { output, messages: String::new(), exit: Exit::Permitted }
    }

    fn stopped(exit: Exit, messages: impl Into<String>) -> Self {
        Self { output: String::new(), messages: messages.into(), exit }
    }

    fn invalid(problems: &[Problem], around: &Surroundings) -> Self {
        Self::stopped(Exit::Invalid, render::problems::render(problems, around.width))
    }

    /// A fault of the program.
    fn failed(message: &str) -> Self {
        Self::stopped(
            Exit::Failure,
            format!("tidegate failed: {message}\nThis is a fault of Tidegate, please report it.\n"),
        )
    }

    fn usage(message: &str) -> Self {
        Self::stopped(Exit::Usage, format!("error: {message}\n\nFor more information, try '--help'.\n"))
    }
}

/// Runs one command line.
pub fn run(cli: &Cli, around: &Surroundings) -> Outcome {
    match &cli.verb {
        Verb::Check(args) => check::run(args, around),
        Verb::Ask(args) => ask::run(args, around),
        Verb::Convert(args) => convert::run(args, around),
        Verb::Impact(args) => impact::run(args, around),
        Verb::Discover(args) => discover::run(args, around),
        Verb::Rules(args) => knowledge::rules(args, around),
        Verb::Explain(args) => knowledge::explain(args, around),
        Verb::Profiles(args) => profiles::run(args, around),
        Verb::Docs(args) => docs::run(args, around),
        Verb::Schema(args) => knowledge::schema(args, around),
        Verb::Evidence(args) => evidence::run(args, around),
        Verb::Exceptions(args) => exceptions::run(args, around),
        Verb::Init(args) => init::run(args),
        Verb::Register(args) => register::run(args, around),
        Verb::Test(args) => test::run(args, around),
        Verb::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "tidegate", &mut script);
            Outcome::done(String::from_utf8_lossy(&script).into_owned())
        }
        Verb::Man(args) => man::run(args),
    }
}
