//! Rust sources as a test reads them: code without comments, strings and test parts, and the strings by themselves.

use std::path::{Path, PathBuf};

/// A source file under `src/`.
pub(crate) struct SourceText {
    /// Its path, such as `src/load/walk.rs`.
    pub(crate) path: String,
    /// The whole text.
    pub(crate) text: String,
    /// Lines of code: comments are blanked out, and strings but for their quotes, as are items under `#[cfg(test)]`.
    pub(crate) code: String,
    /// The string literals of that code, each with its line.
    pub(crate) strings: Vec<(usize, String)>,
}

impl SourceText {
    /// The module at the top of the crate that the file belongs to: `load` for `src/load/walk.rs`, `source` for `src/source.rs`.
    pub(crate) fn module(&self) -> &str {
        let rest = self.path.trim_start_matches("src/");
        rest.split(['/', '.']).next().unwrap_or(rest)
    }

    /// `path:line` of every place where the code has one of the words.
    pub(crate) fn places(&self, words: &[&str]) -> Vec<String> {
        let lines = self.code.lines().enumerate();
        lines
            .filter_map(|(index, line)| {
                let word = words.iter().find(|word| has(line, word))?;
                Some(format!("{}:{} has `{word}`", self.path, index + 1))
            })
            .collect()
    }
}

/// Whether a line has a word that is not part of a longer one.
pub(crate) fn has(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (line[..at].chars().next_back(), line[at + word.len()..].chars().next());
        let starts = !word.starts_with(part) || !before.is_some_and(part);
        let ends = !word.ends_with(part) || !after.is_some_and(part);
        starts && ends
    })
}

/// Every Rust file under `src/`, sorted by path.
pub(crate) fn sources() -> Vec<SourceText> {
    files("src", &["rs"]).iter().map(|path| read(path)).collect()
}

/// Every file under a folder with one of the extensions, sorted by path.
pub(crate) fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("a readable folder").into_path())
        .filter(|path| path.is_file())
        .filter(|path| {
            path.extension()
                .and_then(|extension| extension.to_str())
                .is_some_and(|extension| extensions.contains(&extension))
        })
        .collect();
    files.sort();
    files
}

/// A path as messages show it.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

fn read(path: &Path) -> SourceText {
    let text = std::fs::read_to_string(path).expect("a readable source file");
    let (code, strings) = split(&text);
    let (code, tests) = without_tests(&code);
    let strings = strings.into_iter().filter(|(line, _)| !tests.iter().any(|range| range.contains(line))).collect();
    SourceText { path: shown(path), text, code, strings }
}

/// Blanks out comments, strings and character literals, and keeps every line break. The strings are returned beside the code.
pub(crate) fn split(text: &str) -> (String, Vec<(usize, String)>) {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::new();
    let mut strings = Vec::new();
    let mut line = 1;
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let end = match rest {
            ['/', '/', ..] => at + rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
            ['/', '*', ..] => block_comment(&chars, at),
            ['r', '"' | '#', ..] | ['b', 'r', ..] if raw_string(&chars, at).is_some() && !word_before(&chars, at) => {
                let (open, close, end) = raw_string(&chars, at).expect("checked by the guard");
                strings.push((line, chars[open..close].iter().collect()));
                end
            }
            ['"', ..] => {
                let end = string(&chars, at);
                strings.push((line, chars[at + 1..end.saturating_sub(1).max(at + 1)].iter().collect()));
                end
            }
            ['\'', '\\', ..] => {
                at + 2 + rest[2..].iter().skip(1).position(|c| *c == '\'').map_or(rest.len() - 2, |p| p + 2)
            }
            ['\'', _, '\'', ..] => at + 3,
            _ => {
                code.push(chars[at]);
                line += usize::from(chars[at] == '\n');
                at += 1;
                continue;
            }
        };
        let blanked = &chars[at..end.min(chars.len())];
        code.push_str(if blanked.first().is_some_and(|c| *c == '/') { "" } else { "\"\"" });
        for _ in blanked.iter().filter(|c| **c == '\n') {
            code.push('\n');
            line += 1;
        }
        at = end;
    }
    (code, strings)
}

fn word_before(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

/// The end of a string that starts at a quote.
fn string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// First and last character inside, and end, of `r"…"`, `r#"…"#` or `br"…"`.
fn raw_string(chars: &[char], start: usize) -> Option<(usize, usize, usize)> {
    let mut at = start;
    at += usize::from(chars[at] == 'b');
    if chars.get(at) != Some(&'r') {
        return None;
    }
    at += 1;
    let hashes = chars[at..].iter().take_while(|c| **c == '#').count();
    let open = at + hashes + 1;
    if chars.get(open - 1) != Some(&'"') {
        return None;
    }
    let close = (open..chars.len()).find(|end| {
        chars[*end] == '"' && chars[end + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    })?;
    Some((open, close, close + 1 + hashes))
}

/// The end of a block comment; they nest.
fn block_comment(chars: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < chars.len() {
        match chars[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// Blanks out every item under `#[cfg(test)]`, and says which lines those are.
fn without_tests(code: &str) -> (String, Vec<std::ops::RangeInclusive<usize>>) {
    let mut kept = Vec::new();
    let mut ranges = Vec::new();
    let mut from: Option<usize> = None;
    let mut depth = 0_i32;
    let mut opened = false;
    for (index, line) in code.lines().enumerate() {
        if from.is_none() && line.trim() == "#[cfg(test)]" {
            (from, depth, opened) = (Some(index + 1), 0, false);
        }
        let Some(start) = from else {
            kept.push(line);
            continue;
        };
        kept.push("");
        for c in line.chars() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            opened |= c == '{';
        }
        if (opened && depth == 0) || (!opened && line.ends_with(';')) {
            ranges.push(start..=index + 1);
            from = None;
        }
    }
    (kept.join("\n"), ranges)
}
