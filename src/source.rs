//! Texts with names: what every origin and every problem points into.

use sha2::{Digest, Sha256};

/// A text with the name under which it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path as given or found, with `/` as separator; `(embedded)/…` for what the binary holds.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// True when the text comes from the binary.
    pub embedded: bool,
}

impl SourceFile {
    /// A text that stands in no file, such as the options of `ask`.
    pub fn new(path: impl Into<String>, text: impl Into<String>, embedded: bool) -> Self {
        Self { path: path.into(), text: text.into(), embedded }
    }

    /// SHA-256 of the text, in lower-case hexadecimal digits.
    pub fn sha256(&self) -> String {
        Sha256::digest(self.text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte.min(self.text.len())).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// The text of a line, counted from 1, without its line break.
    pub fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number.saturating_sub(1)).unwrap_or_default()
    }
}

