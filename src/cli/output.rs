//! Which forms of a result are wanted, and where.

use std::ffi::OsStr;
use std::fmt::Write;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Args, Command, ValueEnum};

use super::{Exit, Outcome};
use crate::report::Detail;
use crate::save;

#[derive(Debug, Args)]
pub(super) struct RenderArgs {
    /// The form of the result, to standard output or into a file; may be repeated [default: text]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = TargetParser::<Format>::new())]
    format: Vec<Target<Format>>,
    /// Also show which rules are satisfied, and by which facts
    #[arg(long, short)]
    pub(super) verbose: bool,
}

/// The forms of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
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
pub(super) struct Target<F> {
    pub(super) format: F,
    pub(super) file: Option<PathBuf>,
}

/// Reads `FORMAT[=FILE]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct TargetParser<F>(PhantomData<F>);

impl<F> TargetParser<F> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<F: ValueEnum + Clone + Send + Sync + 'static> TypedValueParser for TargetParser<F> {
    type Value = Target<F>;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Target<F>, clap::Error> {
        let text = value.to_str().ok_or_else(|| clap::Error::new(ErrorKind::InvalidUtf8).with_cmd(command))?;
        let (word, file) = match text.split_once('=') {
            Some((word, file)) => (word, Some(file)),
            None => (text, None),
        };
        let format = EnumValueParser::<F>::new().parse_ref(command, arg, OsStr::new(word))?;
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
        Some(Box::new(F::value_variants().iter().filter_map(ValueEnum::to_possible_value)))
    }
}

impl RenderArgs {
    /// The forms that are wanted.
    pub(super) fn targets(&self) -> Vec<Target<Format>> {
        or_else(&self.format, Format::Text)
    }

    /// What is wrong when two forms would go to one place.
    pub(super) fn conflict(&self) -> Option<String> {
        conflict(&self.targets())
    }

    /// For which rules the forms give the facts.
    pub(super) fn detail(&self) -> Detail {
        let all = |target: &Target<Format>| matches!(target.format, Format::Json | Format::Html);
        if self.verbose || self.targets().iter().any(all) { Detail::All } else { Detail::Findings }
    }
}

/// The forms that are wanted; without a wish, one of them to standard output.
pub(super) fn or_else<F: Clone>(given: &[Target<F>], usual: F) -> Vec<Target<F>> {
    if given.is_empty() { vec![Target { format: usual, file: None }] } else { given.to_vec() }
}

/// What is wrong when two forms would go to one place.
pub(super) fn conflict<F>(targets: &[Target<F>]) -> Option<String> {
    let (_, second) = targets
        .iter()
        .enumerate()
        .find(|(at, target)| targets[..*at].iter().any(|earlier| earlier.file == target.file))?;
    Some(match &second.file {
        None => "only one format can go to standard output; write the others to files: `--format FORMAT=FILE`".into(),
        Some(file) => format!("two formats go to `{}`; give each a file of its own", file.display()),
    })
}

impl Outcome {
    /// Takes what is written: to standard output, or into a file. A file that cannot be written is a failure.
    pub(super) fn put(&mut self, text: String, file: Option<&PathBuf>) {
        match file {
            Some(path) => self.saved(path, save::file(path, &text)),
            None => self.output = text,
        }
    }

    /// Tells what came of a file.
    pub(super) fn saved(&mut self, path: &Path, done: std::io::Result<()>) {
        if let Err(error) = done {
            let _ = writeln!(self.messages, "error: cannot write `{}`: {error}", path.display());
            self.exit = Exit::Failure;
        }
    }
}
