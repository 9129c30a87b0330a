//! From a result to where the user wants it: any number of forms, each to standard output or into a file.

use std::ffi::OsStr;
use std::fmt::Write;
use std::path::PathBuf;

use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Args, Command, ValueEnum};

use super::{Exit, Outcome, Surroundings, WIDTH};
use crate::render;
use crate::report::{Detail, Report};
use crate::save;

/// GitHub takes no more in the summary of a step, in bytes.
const STEP_SUMMARY: usize = 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct RenderArgs {
    /// The form of the result, to standard output or into a file; may be repeated [default: text]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = TargetParser)]
    format: Vec<Target>,
    /// Also show which rules are satisfied, and by which facts
    #[arg(long, short)]
    verbose: bool,
}

/// The forms of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// The canonical result; `tidegate schema result` prints its schema
    Json,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// JUnit XML, for the test reports of build servers
    Junit,
    /// Annotations of GitHub Actions; also writes the summary of the step
    Github,
    /// Code Quality of GitLab
    Gitlab,
    /// Markdown, for a comment on a pull request
    Markdown,
    /// One page for a browser
    Html,
}

/// A form, and the file that takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    format: Format,
    file: Option<PathBuf>,
}

/// Reads `FORMAT[=FILE]`.
#[derive(Debug, Clone, Copy)]
struct TargetParser;

impl TypedValueParser for TargetParser {
    type Value = Target;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Target, clap::Error> {
        let text = value.to_str().ok_or_else(|| clap::Error::new(ErrorKind::InvalidUtf8).with_cmd(command))?;
        let (word, file) = match text.split_once('=') {
            Some((word, file)) => (word, Some(file)),
            None => (text, None),
        };
        let format = EnumValueParser::<Format>::new().parse_ref(command, arg, OsStr::new(word))?;
        if file == Some("") {
            let mut error = clap::Error::new(ErrorKind::InvalidValue).with_cmd(command);
            if let Some(arg) = arg {
                error.insert(ContextKind::InvalidArg, ContextValue::String(arg.to_string()));
            }
            error.insert(ContextKind::InvalidValue, ContextValue::String(text.to_owned()));
            return Err(error);
        }
        Ok(Target { format, file: file.map(PathBuf::from) })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Format::value_variants().iter().filter_map(ValueEnum::to_possible_value)))
    }
}

impl RenderArgs {
    fn targets(&self) -> Vec<Target> {
        match self.format.as_slice() {
            [] => vec![Target { format: Format::Text, file: None }],
            given => given.to_vec(),
        }
    }

    /// What is wrong when two forms would go to one place.
    pub(super) fn conflict(&self) -> Option<String> {
        let targets = self.targets();
        let (_, second) = targets
            .iter()
            .enumerate()
            .find(|(at, target)| targets[..*at].iter().any(|earlier| earlier.file == target.file))?;
        Some(match &second.file {
            None => {
                "only one format can go to standard output; write the others to files: `--format FORMAT=FILE`".into()
            }
            Some(file) => format!("two formats go to `{}`; give each a file of its own", file.display()),
        })
    }

    /// For which rules the forms give the facts.
    pub(super) fn detail(&self) -> Detail {
        let all = |target: &Target| matches!(target.format, Format::Json | Format::Html);
        if self.verbose || self.targets().iter().any(all) { Detail::All } else { Detail::Findings }
    }
}

/// Renders a result in every form that is wanted. The exit code is the verdict's, whatever the form; only a form that cannot be
/// written is a failure.
pub(super) fn deliver(report: &Report, args: &RenderArgs, around: &Surroundings) -> Outcome {
    let mut outcome = Outcome {
        output: String::new(),
        messages: String::new(),
        exit: report.verdict.map_or(Exit::Nothing, Exit::from),
    };
    for target in args.targets() {
        let text = match form(report, &target, args.verbose, around) {
            Ok(text) => text,
            Err(message) => return Outcome::failed(&message),
        };
        let mut saved = |path: &PathBuf, done: std::io::Result<()>| {
            if let Err(error) = done {
                let _ = writeln!(outcome.messages, "error: cannot write `{}`: {error}", path.display());
                outcome.exit = Exit::Failure;
            }
        };
        match &target.file {
            Some(path) => saved(path, save::file(path, &text)),
            None => outcome.output = text,
        }
        if target.format == Format::Github
            && let Some(path) = &around.step_summary
        {
            saved(path, save::append(path, STEP_SUMMARY, |left| render::markdown::render(report, left)));
        }
    }
    outcome
}

fn form(report: &Report, target: &Target, verbose: bool, around: &Surroundings) -> Result<String, String> {
    Ok(match target.format {
        Format::Text if target.file.is_some() => {
            anstream::adapter::strip_str(&render::text::render(report, WIDTH, verbose)).to_string()
        }
        Format::Text => render::text::render(report, around.width, verbose),
        Format::Json => render::json(report)?,
        Format::Sarif => render::sarif::render(report, verbose)?,
        Format::Junit => render::junit::render(report)?,
        Format::Github => render::github::render(report),
        Format::Gitlab => render::gitlab::render(report)?,
        Format::Markdown => render::markdown::render(report, render::markdown::COMMENT),
        Format::Html => render::html::render(report),
    })
}
