//! `tidegate evidence diff`: what changed between two bundles.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::{Exit, Outcome, Surroundings};
use crate::evidence::diff::{diff, text};
use crate::load;
use crate::problem::Problem;
use crate::render;
use crate::report::Report;

/// The file of a bundle that holds the result.
const RESULT: &str = "result.json";

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The earlier bundle, or a saved result
    before: PathBuf,
    /// The later bundle, or a saved result
    after: PathBuf,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

/// The forms of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

pub(super) fn run(args: &DiffArgs, around: &Surroundings) -> Outcome {
    let read = |path: &Path| {
        let zip = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
        let file = if load::is_folder(path) || zip { super::text_of(path, RESULT) } else { load::read_result(path) };
        file.map_err(|problem| vec![problem]).and_then(|file| Report::read(&file))
    };
    let (before, after) = match (read(&args.before), read(&args.after)) {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            let problems: Vec<Problem> = [before, after].into_iter().filter_map(Result::err).flatten().collect();
            return Outcome::invalid(&problems, around);
        }
    };
    let diff = diff(&before, &after);
    let exit = if diff.is_empty() { Exit::Permitted } else { Exit::Conditional };
    let output = match args.format {
        Form::Text => Ok(text(&diff, around.width)),
        Form::Json => render::pretty(&diff),
    };
    output.map_or_else(|message| Outcome::failed(&message), |output| Outcome { output, messages: String::new(), exit })
}
