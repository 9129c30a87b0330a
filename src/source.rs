//! Texts with names: what every origin and every problem points into.

use sha2::{Digest, Sha256};

/// SHA-256 in lower-case hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes in lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text with the name under which it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path as given or found, with `/` as separator; `(embedded)/…` for what the binary holds.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// True when the text comes from the binary.
    pub embedded: bool,
    /// True when the text need not be checked again: the binary that carries it is tested with it.
    pub tested: bool,
    /// The byte at which each line starts.
    lines: Vec<usize>,
}

impl SourceFile {
    /// A text that stands in no file, such as the options of `ask`.
    pub fn new(path: impl Into<String>, text: impl Into<String>, embedded: bool) -> Self {
        let text = text.into();
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path: path.into(), text, embedded, tested: embedded, lines }
    }

    /// The same text, to be checked: it was embedded in some binary, perhaps another one.
    #[must_use]
    pub fn untested(self) -> Self {
        Self { tested: false, ..self }
    }

    /// SHA-256 of the text, in lower-case hexadecimal digits.
    pub fn sha256(&self) -> String {
        sha256(self.text.as_bytes())
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= byte).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..byte.min(self.text.len())).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    /// The text of a line, counted from 1, without its line break.
    pub fn line(&self, number: usize) -> &str {
        let Some(start) = number.checked_sub(1).and_then(|index| self.lines.get(index)) else { return "" };
        let end = self.lines.get(number).copied().unwrap_or(self.text.len());
        self.text.get(*start..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }
}
