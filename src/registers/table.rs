//! Tables as CSV (RFC 4180) that a spreadsheet can open without running what stands in them.

use csv::{QuoteStyle, Terminator, WriterBuilder};

use crate::model::{NONE, UNKNOWN};

/// Between the entries of one cell. No spreadsheet takes it for the end of a cell, whatever its language.
const SEPARATOR: &str = " | ";

/// A character with which spreadsheets begin a formula, or which they skip before one. The wide forms are those of East Asian
/// keyboards.
fn begins_formula(first: char) -> bool {
    matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

/// A table whose rows all have as many cells as its head.
pub(super) struct Table {
    head: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(head: &'static [&'static str]) -> Self {
        Self { head, rows: Vec::new() }
    }

    /// Adds a row. Its cells are in the order of the head.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as text. Rows with more or fewer cells than the head are an error.
    pub(super) fn csv(&self) -> Result<String, String> {
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .quote_style(QuoteStyle::Necessary)
            .from_writer(Vec::new());
        writer.write_record(self.head).map_err(|error| error.to_string())?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| safe(cell))).map_err(|error| error.to_string())?;
        }
        let bytes = writer.into_inner().map_err(|error| error.to_string())?;
        String::from_utf8(bytes).map_err(|error| error.to_string())
    }
}

/// A cell as it is written: never empty, and never a formula.
fn safe(cell: &str) -> String {
    let cell = cell.trim_matches(' ');
    match cell.chars().next() {
        None => UNKNOWN.to_owned(),
        Some(first) if begins_formula(first) => format!("'{cell}"),
        Some(_) => cell.to_owned(),
    }
}

/// The entries of a list in one cell; `none` where there are none.
pub(super) fn list<T: AsRef<str>>(entries: impl IntoIterator<Item = T>) -> String {
    let mut text = String::new();
    for entry in entries {
        if !text.is_empty() {
            text.push_str(SEPARATOR);
        }
        text.push_str(entry.as_ref());
    }
    if text.is_empty() { NONE.to_owned() } else { text }
}

/// A value that may not be known.
pub(super) fn or_unknown(value: Option<impl ToString>) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), |value| value.to_string())
}

/// A value that may not be there.
pub(super) fn or_none(value: Option<impl ToString>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_empty() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "  =1"] {
            assert!(safe(text).starts_with('\''), "{text:?} becomes {:?}", safe(text));
        }
        assert_eq!(safe("a=1"), "a=1");
        assert_eq!(safe(""), "unknown");
        assert_eq!(safe("  "), "unknown");
    }

    #[test]
    fn what_ends_a_cell_or_a_row_is_quoted() {
        let mut table = Table::new(&["a", "b"]);
        table.row(["one, \"two\"".to_owned(), "three\nfour".to_owned()]);
        assert_eq!(table.csv().unwrap(), "a,b\r\n\"one, \"\"two\"\"\",\"three\nfour\"\r\n");
    }
}
