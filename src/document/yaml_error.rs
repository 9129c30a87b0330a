//! Why a text is no YAML, in words for people who do not know YAML's grammar.

use std::ops::Range;

use serde_yaml::budget::BudgetBreach;
use serde_yaml::granit_parser::ErrorKind;
use serde_yaml::{Error, ExternalMessageSource};

/// Why a text is not YAML that Tidegate reads.
#[derive(Debug)]
pub struct YamlError {
    /// What is wrong, without the place.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// The bytes of the fault.
    pub span: Range<usize>,
}

const INDENT: &str = "indent the keys of one mapping equally, and the entries of one list too";
const BRACKET: &str = "close the `[` or `{` that opens before, and quote a text that contains a colon";
const QUOTE: &str = "close the quote that opens before; a text over several lines is indented";
const ESCAPE: &str = "write `\\\\` for a backslash, or put the text in single quotes";
const UNDEFINED: &str = "mark the value with `&` where it first stands, or quote a text that starts with `*`";
const OTHER: &str = "quote texts with special characters, and indent with spaces";
const ENDLESS: &str = "write the values out, with fewer aliases (`*`)";

impl YamlError {
    pub(super) fn new(text: &str, error: &Error) -> Self {
        let start = start(text, error);
        let (message, help) = match error {
            Error::AliasError { error, .. } => return Self { span: start..start + 1, ..Self::new(text, error) },
            Error::ExternalMessage { source, .. } => match source.as_ref() {
                ExternalMessageSource::Parser(scan) => return Self::of_syntax(text, scan.kind(), start),
                _ => (plain(error), OTHER),
            },
            Error::MultipleDocuments { .. } => {
                let start = text.get(..start).and_then(|before| before.rfind("\n---")).map_or(start, |line| line + 1);
                let help = "give what stands behind `---` a file of its own";
                return Self::at(text, start, "the file holds more than one document", help);
            }
            Error::NonFiniteFloat { value, .. } => {
                return Self::at(
                    text,
                    start,
                    format!("`{value}` is no number that can be counted"),
                    "write a finite number",
                );
            }
            Error::UnknownAnchor { .. } => ("`*` names a value that is not defined".to_owned(), UNDEFINED),
            Error::NullIntoString { .. } | Error::Unexpected { expected: "string scalar", .. } => {
                ("a key that is no text".to_owned(), "a key is one word; quote it if it is a special one")
            }
            Error::MergeValueNotMapOrSeqOfMaps { .. } => {
                ("`<<` with something that is no mapping".to_owned(), "write the keys out")
            }
            Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => return Self::deep(text, start),
            Error::Budget { .. }
            | Error::AliasReplayLimitExceeded { .. }
            | Error::AliasReplayStackDepthExceeded { .. } => {
                ("the file expands to more than Tidegate reads".to_owned(), ENDLESS)
            }
            _ => (plain(error), OTHER),
        };
        Self::at(text, start, message, help)
    }

    /// A key that stands at one byte, and again in a range of them.
    pub(super) fn duplicate(text: &str, key: &str, first: usize, second: Range<usize>) -> Self {
        let line = text.get(..first).unwrap_or_default().matches('\n').count() + 1;
        Self {
            message: format!("the key `{key}` stands twice in one mapping"),
            help: format!("the first one stands in line {line}: keep one of them"),
            span: second,
        }
    }

    /// Points at one character.
    fn at(text: &str, start: usize, message: impl Into<String>, help: &str) -> Self {
        let length = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Self { message: message.into(), help: help.to_owned(), span: start..start + length }
    }

    fn deep(text: &str, start: usize) -> Self {
        Self::at(text, start, "brackets or indentation nest too deep", "no document of Tidegate nests so deep")
    }

    fn of_syntax(text: &str, kind: &ErrorKind, start: usize) -> Self {
        let line = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        let before = text.get(line..start).unwrap_or_default();
        let (message, help) = match kind {
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart => {
                // The parser names the text before the tab, which may stand in an earlier line.
                let tab = text.get(line..).and_then(|rest| rest.find('\t')).map_or(start, |tab| line + tab);
                return Self::at(text, tab, "a tab in the indentation", "indent with spaces");
            }
            ErrorKind::MappingValueNotAllowed if before.contains(": ") => {
                ("a second colon in one line", "quote a text that contains a colon: `title: \"Support: replies\"`")
            }
            ErrorKind::MappingValueNotAllowed
            | ErrorKind::ExpectedBlockMappingKey
            | ErrorKind::ExpectedBlockSequenceEntry
            | ErrorKind::InvalidIndentation => ("a line that is indented unlike those it belongs to", INDENT),
            ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
                ("a line without a colon behind its key", "write `key: value`")
            }
            ErrorKind::BlockSequenceEntryNotAllowed => (
                "a list that starts in the line of its key",
                "start the list in the next line, or write it in brackets",
            ),
            ErrorKind::UnclosedFlowCollection { .. }
            | ErrorKind::BlockEntryInFlowCollection
            | ErrorKind::InvalidColonPlacement
            | ErrorKind::InvalidFlowScalarIndent => ("a bracket or brace is not closed", BRACKET),
            ErrorKind::MismatchedFlowCollectionEnd { .. } => ("a bracket is closed by one of another kind", BRACKET),
            ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::UnexpectedEofImplicitFlowMapping => {
                ("a comma too many or too few", "put one comma between the entries in brackets or braces")
            }
            ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::UnclosedQuotedScalar
            | ErrorKind::DocumentIndicatorInQuotedScalar => ("a quote is not closed", QUOTE),
            ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
                ("something stands behind a closed quote", "put the whole text in quotes, or a comma between two texts")
            }
            ErrorKind::UnknownQuotedScalarEscape | ErrorKind::InvalidQuotedScalarHexEscape => {
                ("a backslash in a quoted text that means nothing", ESCAPE)
            }
            ErrorKind::UnexpectedCharacter { character } => {
                let message = format!("the character `{}` cannot start a text", character.escape_default());
                return Self::at(text, start, message, "put the text in quotes");
            }
            ErrorKind::MissingAnchorOrAliasName => ("`*` names a value that is not defined", UNDEFINED),
            ErrorKind::RecursionLimitExceeded => return Self::deep(text, start),
            other => return Self::at(text, start, other.to_string(), OTHER),
        };
        Self::at(text, start, message, help)
    }
}

/// The byte at which the parser found the fault.
fn start(text: &str, error: &Error) -> usize {
    let Some(place) = error.location() else { return 0 };
    if let Some(offset) = place.span().byte_offset() {
        return usize::try_from(offset).unwrap_or(0);
    }
    // Line and column, both counted in characters from 1.
    let line = usize::try_from(place.line()).unwrap_or(1).max(1);
    let column = usize::try_from(place.column()).unwrap_or(1).max(1);
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.chars().take(column - 1).map(char::len_utf8).sum::<usize>()
}

/// The parser's message without its own place.
fn plain(error: &Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}
