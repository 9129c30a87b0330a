//! Trouble with the input: what is wrong, where, and how to mend it.
//!
//! A problem is never a finding about a flow. Problems end a run with exit code 3 before anything is decided.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

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
        self.place = Some(Place { file: Arc::clone(file), span, label: label.into() });
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
        let (path, start) =
            self.place.as_ref().map_or((String::new(), 0), |place| (place.file.path.clone(), place.span.start));
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
        self.place.as_ref().map(|place| place as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.place.as_ref()?;
        let label = LabeledSpan::new(Some(place.label.clone()), place.span.start, place.span.len());
        Some(Box::new(std::iter::once(label)))
    }
}

impl SourceCode for Place {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.file.text.read_span(span, lines_before, lines_after)?;
        // miette counts bytes; readers and editors count characters.
        let (_, column) = self.file.line_column(inner.span().offset());
        let named = MietteSpanContents::new_named(
            self.file.path.clone(),
            inner.data(),
            *inner.span(),
            inner.line(),
            column - 1,
            inner.line_count(),
        );
        Ok(Box::new(named))
    }
}

/// Words that people write for another one of the vocabulary, far from it in spelling.
const ALIASES: [(&str, &str); 3] = [("uk", "gb"), ("el", "gr"), ("ewr", "eea")];
/// Longer lists help nobody.
const MAX_KNOWN: usize = 60;
/// So many words may be meant by one.
const MAX_NEAR: usize = 12;

/// The word of a list that is meant by another one, when one of them is likely.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    let plain = plain(word);
    let meant = ALIASES.iter().find(|(alias, _)| *alias == plain).map(|(_, meant)| *meant);
    let same = known.iter().find(|candidate| {
        let candidate = self::plain(candidate);
        candidate == plain || meant.is_some_and(|meant| meant == candidate)
    });
    let length = word.chars().count();
    if let Some(same) = same {
        return Some((*same).to_owned());
    }
    // A short word or a code is one letter away from many others: a near one is no guess.
    if length <= 3 || word.contains(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (length.max(candidate.chars().count()) / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}

/// How to mend a word that is not in a list: the word that is likely meant, else those near it, else all.
pub fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(near) = did_you_mean(word, known.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let near = related(word, &known);
    match near.as_slice() {
        [] if known.is_empty() || known.len() > MAX_KNOWN => None,
        [] => Some(format!("known: {}", known.join(", "))),
        [one] => Some(format!("did you mean `{one}`?")),
        many if many.len() <= MAX_NEAR => Some(format!("did you mean one of: {}?", many.join(", "))),
        many => Some(format!("did you mean one of: {}, …?", many[..MAX_NEAR].join(", "))),
    }
}

/// Words that hold the word, or start like it up to its last part, or stand in it.
fn related<'a>(word: &str, known: &[&'a str]) -> Vec<&'a str> {
    let select =
        |wanted: &dyn Fn(&str) -> bool| known.iter().copied().filter(|known| wanted(known)).collect::<Vec<_>>();
    let holding = select(&|known| word.len() > 3 && known.contains(word));
    if !holding.is_empty() {
        return holding;
    }
    if let Some(end) = word.rfind(['.', '-', '_', '/']) {
        let (start, separator) = (&word[..=end], &word[end..=end]);
        // Only the next part: not everything that stands below.
        let siblings = select(&|known| known.strip_prefix(start).is_some_and(|rest| !rest.contains(separator)));
        if !siblings.is_empty() {
            return siblings;
        }
    }
    select(&|known| known.len() > 3 && word.contains(known))
}

/// A word without what people write in several ways: capitals and separators.
fn plain(word: &str) -> String {
    word.chars().filter(|letter| !['-', '_', '.', ' '].contains(letter)).flat_map(char::to_lowercase).collect()
}
