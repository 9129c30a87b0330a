//! Text in columns: wrapped by display width, so that Chinese characters count as two.
//!
//! Styles are written always; the output stream takes them out where nobody wants colour.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter};

/// Bold.
pub(crate) const STRONG: Style = Style::new().bold();
/// Less important.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Good.
pub(crate) const GREEN: Style = AnsiColor::Green.on_default().bold();
/// To do.
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
/// Not known.
pub(crate) const BLUE: Style = AnsiColor::Cyan.on_default().bold();
/// Bad.
pub(crate) const RED: Style = AnsiColor::Red.on_default().bold();

/// A space at which no line is broken.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// How many characters of a long line are shown before the place.
const LEAD: usize = 8;

/// A text that grows line by line.
#[derive(Debug)]
pub struct Page {
    text: String,
    width: usize,
}

impl Page {
    /// An empty page of a width in columns.
    pub fn new(width: usize) -> Self {
        Self { text: String::new(), width }
    }

    /// The finished text.
    pub fn finish(self) -> String {
        self.text
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A paragraph, wrapped; later lines are indented like the first.
    pub(crate) fn paragraph(&mut self, indent: usize, text: &str) {
        self.hanging(indent, indent, text);
    }

    /// A paragraph whose later lines have an indent of their own.
    pub(crate) fn hanging(&mut self, first: usize, later: usize, text: &str) {
        let (first, later) = (" ".repeat(first), " ".repeat(later));
        // Long words are paths and addresses: they are no use broken. Only texts without spaces between words, such as
        // Chinese ones, are broken elsewhere than at spaces.
        let separator = if text.chars().any(|character| character > '\u{2e7f}') {
            WordSeparator::UnicodeBreakProperties
        } else {
            WordSeparator::AsciiSpace
        };
        let options = Options::new(self.width)
            .initial_indent(&first)
            .subsequent_indent(&later)
            .break_words(false)
            .word_splitter(WordSplitter::NoHyphenation)
            .word_separator(separator);
        for line in textwrap::wrap(text, options) {
            // Once lines are broken, it is a space like any other, to be copied as one.
            self.text.extend(line.trim_end().chars().map(|letter| if letter == NO_BREAK { ' ' } else { letter }));
            self.text.push('\n');
        }
    }

    /// One line, cut at the page's width.
    pub(crate) fn line(&mut self, indent: usize, text: &str) {
        let room = self.width.saturating_sub(indent);
        let _ = writeln!(self.text, "{}{}", " ".repeat(indent), cut(text, room));
    }

    /// One line of a document behind a label. Of a long line the part around the column is shown.
    pub(crate) fn excerpt(&mut self, indent: usize, label: &str, line: &str, column: usize) {
        let room = self.width.saturating_sub(indent + display_width(label));
        let shown = line.trim_start();
        let start = column.saturating_sub(1 + line.chars().count() - shown.chars().count());
        let text = if display_width(shown) > room && start > room / 2 {
            let skipped: String = shown.chars().skip(start.saturating_sub(LEAD)).collect();
            format!("…{skipped}")
        } else {
            shown.to_owned()
        };
        self.line(indent, &format!("{label}{text}"));
    }

    /// A row of cells padded to the columns' widths; the last is cut.
    pub(crate) fn row(&mut self, indent: usize, cells: &[String], widths: &[usize]) {
        let mut line = String::new();
        for (index, cell) in cells.iter().enumerate() {
            line.push_str(cell);
            if index + 1 < cells.len() {
                let width = widths.get(index).copied().unwrap_or(0);
                line.push_str(&" ".repeat(width.saturating_sub(display_width(cell)) + 2));
            }
        }
        self.line(indent, line.trim_end());
    }
}

/// A text in a style.
pub(crate) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The widths of the columns of a table.
pub(crate) fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| display_width(cell)).max().unwrap_or(0))
        .collect()
}

/// The text cut to a width, with `…` where something is missing. Styled texts are not cut.
fn cut(text: &str, room: usize) -> String {
    if display_width(text) <= room || text.contains('\u{1b}') {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        let mut longer = kept.clone();
        longer.push(character);
        if display_width(&longer) + 1 > room {
            break;
        }
        kept = longer;
    }
    format!("{kept}…")
}
