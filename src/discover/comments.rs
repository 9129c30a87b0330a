//! Comments: what they say is not what the program does. They are blanked out, so that places stay the same.

/// How comments and strings are written.
#[derive(Debug)]
pub(super) struct Syntax {
    /// What starts a comment that ends with the line.
    line: &'static [&'static str],
    /// What starts and ends other comments.
    block: &'static [(&'static str, &'static str)],
    /// What strings are put between.
    quotes: &'static [u8],
    /// True when the start of a comment only counts at the start of a line or after a space.
    spaced: bool,
    /// True when a string in three quotes that starts a line documents what it stands in.
    docstrings: bool,
}

const BLOCK: (&str, &str) = ("/*", "*/");
const ANGLE: (&str, &str) = ("<!--", "-->");

pub(super) static C: Syntax =
    Syntax { line: &["//"], block: &[BLOCK], quotes: b"\"'`", spaced: false, docstrings: false };
// A single quote starts a lifetime more often than a character.
pub(super) static RUST: Syntax =
    Syntax { line: &["//"], block: &[BLOCK], quotes: b"\"", spaced: false, docstrings: false };
pub(super) static PHP: Syntax =
    Syntax { line: &["//", "#"], block: &[BLOCK, ANGLE], quotes: b"\"'", spaced: false, docstrings: false };
pub(super) static PYTHON: Syntax = Syntax { line: &["#"], block: &[], quotes: b"\"'", spaced: false, docstrings: true };
pub(super) static HASH: Syntax = Syntax { line: &["#"], block: &[], quotes: b"\"'", spaced: true, docstrings: false };
/// Texts without strings, such as requirements.txt.
pub(super) static PLAIN_HASH: Syntax =
    Syntax { line: &["#"], block: &[], quotes: b"", spaced: true, docstrings: false };
pub(super) static POWERSHELL: Syntax =
    Syntax { line: &["#"], block: &[("<#", "#>")], quotes: b"\"'", spaced: true, docstrings: false };
pub(super) static HCL: Syntax =
    Syntax { line: &["#", "//"], block: &[BLOCK], quotes: b"\"", spaced: false, docstrings: false };
pub(super) static MARKUP: Syntax =
    Syntax { line: &["//"], block: &[ANGLE, BLOCK, ("@*", "*@")], quotes: b"\"'`", spaced: true, docstrings: false };
pub(super) static JSON: Syntax = Syntax { line: &[], block: &[], quotes: b"\"", spaced: false, docstrings: false };

/// The text with spaces in the place of comments, byte by byte.
pub(super) fn blanked(text: &str, syntax: &Syntax) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let comment = syntax.comment(bytes, at);
        let (end, hidden) = match comment {
            Some(end) => (end, true),
            None => syntax.string(bytes, at).unwrap_or((at + 1, false)),
        };
        if hidden {
            out[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
        at = end;
    }
    // Whole comments and strings go, so no character is cut; if one were, the text would be searched as it is.
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

impl Syntax {
    /// The end of a comment that starts here.
    fn comment(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let rest = &bytes[at..];
        if let Some((open, close)) = self.block.iter().find(|(open, _)| rest.starts_with(open.as_bytes())) {
            let inside = at + open.len();
            return Some(find(bytes, inside, close.as_bytes()).map_or(bytes.len(), |found| found + close.len()));
        }
        let starts = self.line.iter().any(|mark| rest.starts_with(mark.as_bytes()));
        let free = !self.spaced || at == 0 || bytes[at - 1].is_ascii_whitespace();
        (starts && free).then(|| find(bytes, at, b"\n").unwrap_or(bytes.len()))
    }

    /// The end of a string that starts here, and whether it is documentation.
    fn string(&self, bytes: &[u8], at: usize) -> Option<(usize, bool)> {
        let quote = *bytes.get(at)?;
        if !self.quotes.contains(&quote) {
            return None;
        }
        let triple = [quote; 3];
        if quote != b'`' && bytes[at..].starts_with(&triple) {
            let end = find(bytes, at + 3, &triple).map_or(bytes.len(), |found| found + 3);
            return Some((end, self.docstrings && starts_line(bytes, at)));
        }
        let mut end = at + 1;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'\\' => end += 1,
                // Most often an apostrophe, not a string.
                b'\n' if quote != b'`' => return None,
                byte if *byte == quote => return Some((end + 1, false)),
                _ => {}
            }
            end += 1;
        }
        None
    }
}

fn starts_line(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].iter().rev().take_while(|byte| **byte != b'\n');
    // `r"""` and the like are strings with a prefix.
    before.into_iter().all(|byte| byte.is_ascii_whitespace() || b"rRuU".contains(byte))
}

fn find(bytes: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(wanted.len()).position(|window| window == wanted).map(|found| from + found)
}

#[cfg(test)]
mod tests {
    use super::{C, HASH, PYTHON, RUST, Syntax, blanked};

    fn kept(text: &str, syntax: &Syntax) -> String {
        let blanked = blanked(text, syntax);
        assert_eq!(blanked.len(), text.len());
        blanked.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_go_and_strings_stay() {
        assert_eq!(kept("a = \"https://x/*\" // b 'c\nd /* é\n */ e", &C), "a = \"https://x/*\" d e");
        assert_eq!(kept("`a\n// b` // c", &C), "`a // b`");
        assert_eq!(kept("fn f<'a>(x: &'a str, y: &'a str) // don't", &RUST), "fn f<'a>(x: &'a str, y: &'a str)");
        assert_eq!(kept("x='#a'#b", &PYTHON), "x='#a'");
        assert_eq!(
            kept("def f():\n  \"\"\"a\n  b\"\"\"\n  c = \"\"\"d # e\"\"\"", &PYTHON),
            "def f(): c = \"\"\"d # e\"\"\""
        );
        assert_eq!(kept("it's: ${A#b} # c", &HASH), "it's: ${A#b}");
    }
}
