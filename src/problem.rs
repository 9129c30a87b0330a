//! Trouble with the input: what is wrong, where, and how to mend it.
//!
//! A problem is never a finding about a flow. Problems end a run with exit code 3 before anything is decided.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

use crate::source::SourceFile;

/// One fault in one file.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What is wrong, in one line.
    pub message: String,
    /// Where, when the fault has a place in a text.
    pub place: Option<Place>,
    /// How to mend it.
    pub help: Option<String>,
}

/// Bytes of a file that a problem points to.
#[derive(Debug, Clone)]
pub struct Place {
    /// The file as the user knows it.
    pub file: Arc<SourceFile>,
    /// The bytes in its text.
    pub span: Range<usize>,
    /// What to write under the bytes.
    pub label: String,
    snippet: NamedSource<String>,
}

impl Problem {
    /// A problem without a place in a text, such as a file that cannot be read.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), place: None, help: None }
    }

    /// Points the problem at bytes of a file.
    #[must_use]
    pub fn at(mut self, file: &Arc<SourceFile>, span: Range<usize>, label: impl Into<String>) -> Self {
        let end = span.end.min(file.text.len());
        let span = span.start.min(end)..end;
        let snippet = NamedSource::new(file.path.clone(), file.text.clone());
        self.place = Some(Place { file: Arc::clone(file), span, label: label.into(), snippet });
        self
    }

    /// Says how to mend the problem.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Order in which problems are shown: by file and place, then by message.
    pub fn order(&self) -> (String, usize, String) {
        let (path, start) = self
            .place
            .as_ref()
            .map_or((String::new(), 0), |place| (place.file.path.clone(), place.span.start));
        (path, start, self.message.clone())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.place.as_ref().map(|place| &place.snippet as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.place.as_ref()?;
        let label = LabeledSpan::new(Some(place.label.clone()), place.span.start, place.span.len());
        Some(Box::new(std::iter::once(label)))
    }
}

/// The suffix ` did you mean …?` for a word that is not in a list.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| {
            *distance <= (word.chars().count().max(candidate.chars().count()) / 3).max(1)
        })
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}
