//! What a dossier consists of, whatever it is written on.

use crate::report::Verdict;

/// The whole.
pub(super) struct Book {
    /// What it is called in a list of documents.
    pub(super) title: String,
    /// What it says, in one sentence.
    pub(super) summary: String,
    /// What wrote it.
    pub(super) creator: String,
    /// When, in RFC 3339.
    pub(super) exported: String,
    /// At the foot of every page.
    pub(super) foot: String,
    /// The first page.
    pub(super) cover: Vec<Block>,
    /// The rest.
    pub(super) chapters: Vec<Chapter>,
}

/// A part with a bookmark of its own.
pub(super) struct Chapter {
    /// Names it within the book.
    pub(super) id: String,
    /// 1, or 2 for a part of the chapter of level 1 before it.
    pub(super) level: u8,
    /// The heading.
    pub(super) title: String,
    /// True when it begins on a new page.
    pub(super) turns: bool,
    /// What stands below the heading.
    pub(super) blocks: Vec<Block>,
}

/// A piece of a chapter.
#[derive(Clone)]
pub(super) enum Block {
    /// The title of the book.
    Title(String),
    /// The answer to the question that a chapter is about.
    Answer(Verdict, String),
    /// A heading within a chapter.
    Heading(String),
    /// A heading below that.
    Subheading(Text),
    /// A paragraph.
    Paragraph(Text),
    /// A paragraph to look things up in.
    Fine(Text),
    /// Names and what is said of them.
    Facts(Vec<(String, Text)>),
    /// A table.
    Table(Table),
}

/// A table, its first column naming the row.
#[derive(Clone)]
pub(super) struct Table {
    /// What it tells.
    pub(super) label: String,
    /// The columns.
    pub(super) columns: Vec<Column>,
    /// The rows.
    pub(super) rows: Vec<Vec<Text>>,
    /// Room to write in every row.
    pub(super) to_fill_in: bool,
    /// Where the rows stand besides, in words. On paper, those that do not fit the page of the chapter are only named.
    pub(super) besides: Option<&'static str>,
}

/// A column.
#[derive(Clone)]
pub(super) struct Column {
    /// Its head.
    pub(super) head: &'static str,
    /// Its part of the width, against the others.
    pub(super) share: f32,
    /// True when it shows on which page a chapter stands: only on paper.
    pub(super) pages: bool,
}

/// Text in pieces.
pub(super) type Text = Vec<Span>;

/// A piece of text.
#[derive(Clone)]
pub(super) struct Span {
    /// The words, without line breaks.
    pub(super) words: String,
    /// How they look.
    pub(super) look: Look,
    /// An address, or `#` and the id of a chapter.
    pub(super) link: Option<String>,
}

/// How text looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Strong,
    Quiet,
    Verdict(Verdict),
}

impl Table {
    pub(super) fn new(label: &str, columns: &[(&'static str, f32)], rows: Vec<Vec<Text>>) -> Self {
        let columns = columns.iter().map(|&(head, share)| Column { head, share, pages: false }).collect();
        Self { label: label.to_owned(), columns, rows, to_fill_in: false, besides: None }
    }
}

impl Span {
    fn new(words: &str, look: Look) -> Self {
        Self { words: words.split_whitespace().collect::<Vec<_>>().join(" "), look, link: None }
    }
}

/// Words as they are.
pub(super) fn plain(words: impl AsRef<str>) -> Text {
    vec![Span::new(words.as_ref(), Look::Plain)]
}

/// Words that stand out.
pub(super) fn strong(words: impl AsRef<str>) -> Span {
    Span::new(words.as_ref(), Look::Strong)
}

/// Words that stand back.
pub(super) fn quiet(words: impl AsRef<str>) -> Span {
    Span::new(words.as_ref(), Look::Quiet)
}

/// Words as they are, as a piece among others.
pub(super) fn span(words: impl AsRef<str>) -> Span {
    Span::new(words.as_ref(), Look::Plain)
}

/// Sign and word of a verdict.
pub(super) fn verdict(verdict: Verdict) -> Span {
    Span::new(&format!("{} {}", super::super::finding::sign(verdict), verdict.word()), Look::Verdict(verdict))
}

/// The longest address that leads anywhere.
const ADDRESS: usize = 2000;

/// Words that lead to an address, if it is one of the web; else words.
pub(super) fn link(words: impl AsRef<str>, target: &str) -> Span {
    let leads = ["https://", "http://", "#"].iter().any(|start| target.starts_with(start)) && target.len() <= ADDRESS;
    Span { link: leads.then(|| target.to_owned()), ..span(words) }
}

/// Pieces with a space between them.
pub(super) fn spaced(spans: impl IntoIterator<Item = Span>) -> Text {
    joined(spans, " ")
}

/// Pieces with something between them.
pub(super) fn joined(spans: impl IntoIterator<Item = Span>, between: &str) -> Text {
    let mut text: Text = Vec::new();
    for span in spans.into_iter().filter(|span| !span.words.is_empty()) {
        if let Some(last) = text.last_mut() {
            // Within a link the space would be part of it.
            match last.link {
                None => last.words.push_str(between),
                Some(_) => text.push(Span { words: between.to_owned(), look: Look::Plain, link: None }),
            }
        }
        text.push(span);
    }
    text
}

/// Words for a bookmark or a label, whose length the PDF standard limits.
pub(super) fn short(words: &str) -> String {
    const MOST: usize = 200;
    let mut letters = words.chars().filter(|letter| !letter.is_control());
    let mut text: String = letters.by_ref().take(MOST).collect();
    if letters.next().is_some() {
        text.push('…');
    }
    text
}
