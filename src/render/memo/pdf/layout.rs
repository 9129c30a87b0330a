//! Blocks as rows of lines, with their tags.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::content::{Block, Book, Chapter, Look, Span, Table, Text, plain, short, verdict};
use super::fonts::Fonts;
use super::lines::{Line, broken};
use super::place::{BOTTOM, Cell, Number, Page, Placer, Row, SIDE, TOP, WIDTH};
use super::tags::{Meaning, Tree};
use super::{Sheets, fold};
use crate::render::finding::sign;

/// Space between columns.
const GAP: f32 = 8.0;
/// The width of the names of facts.
const NAMES: f32 = 84.0;
/// Room to write, in points.
const WRITE: f32 = 30.0;

/// Where each chapter begins, by its id: page and height.
pub(super) type Starts = BTreeMap<String, (usize, f32)>;

/// How a kind of text is set.
#[derive(Clone, Copy)]
struct Style {
    size: f32,
    leading: f32,
    above: f32,
    below: f32,
    bold: bool,
    sticks: bool,
}

const BODY: Style = Style { size: 9.0, leading: 12.4, above: 0.0, below: 4.0, bold: false, sticks: false };
const FACT: Style = Style { size: 8.5, leading: 11.4, above: 0.6, below: 0.6, ..BODY };
const TABLE: Style = Style { size: 7.8, leading: 9.8, above: 1.5, below: 1.8, ..BODY };
const FINE: Style = Style { size: 7.0, leading: 8.8, below: 2.0, ..BODY };
const TITLE: Style = Style { size: 24.0, leading: 30.0, above: 48.0, below: 14.0, bold: true, sticks: true };
const ANSWER: Style = Style { size: 13.0, leading: 17.0, above: 4.0, below: 6.0, bold: true, sticks: false };
const CHAPTER: Style = Style { size: 17.0, leading: 22.0, above: 0.0, below: 6.0, bold: true, sticks: true };
const MEMO: Style = Style { size: 14.0, leading: 19.0, ..CHAPTER };
const AMONG: Style = Style { size: 12.0, leading: 16.0, above: 20.0, ..CHAPTER };
const HEADING: Style = Style { size: 10.5, leading: 14.0, above: 9.0, below: 3.0, bold: true, sticks: true };
const SUBHEADING: Style = Style { size: 9.0, leading: 12.4, above: 6.0, below: 1.0, bold: false, sticks: true };

/// Turns a book into pages.
pub(super) struct Layout<'a> {
    fonts: &'a Fonts,
    tree: Tree,
}

/// A chapter as rows; the cover has no title.
struct Part<'a> {
    chapter: Option<&'a Chapter>,
    rows: Vec<Row>,
}

impl<'a> Layout<'a> {
    pub(super) fn of(book: &Book, fonts: &'a Fonts) -> Sheets {
        let mut layout = Self { fonts, tree: Tree::new() };
        let mut parts = layout.parts(book);
        // The first time to learn on which page every chapter begins, the second time to say so.
        let (_, starts) = placed(&parts);
        for cell in parts.iter_mut().flat_map(|part| &mut part.rows).flat_map(|row| &mut row.cells) {
            if let Some(number) = &cell.number {
                cell.lines = layout.numbered(&number.text, number.width, &starts);
            }
        }
        let (pages, starts) = placed(&parts);
        Sheets { pages, tree: layout.tree, starts }
    }

    fn parts<'b>(&mut self, book: &'b Book) -> Vec<Part<'b>> {
        let cover = self.tree.add(0, Meaning::Section);
        let mut parts = vec![Part { chapter: None, rows: self.rows(&book.cover, cover, 1) }];
        let mut above = 0;
        for chapter in &book.chapters {
            let section = self.tree.add(if chapter.level == 1 { 0 } else { above }, Meaning::Section);
            if chapter.level == 1 {
                above = section;
            }
            let level = u16::from(chapter.level) + 1;
            let style = match (chapter.level, chapter.turns) {
                (1, _) => CHAPTER,
                (_, true) => MEMO,
                (_, false) => AMONG,
            };
            let mut rows = vec![self.heading(&plain(&chapter.title), style, section, level)];
            let room = BOTTOM - TOP - rows.iter().map(Row::whole).sum::<f32>();
            let blocks = fold::fitted(&chapter.blocks, room, |blocks| self.height(blocks));
            rows.extend(self.rows(&blocks, section, level));
            parts.push(Part { chapter: Some(chapter), rows });
        }
        parts
    }

    fn rows(&mut self, blocks: &[Block], section: usize, level: u16) -> Vec<Row> {
        blocks.iter().flat_map(|block| self.block(block, section, level)).collect()
    }

    /// What blocks take, in points.
    fn height(&self, blocks: &[Block]) -> f32 {
        // Its tags are of no use.
        let mut measure = Self { tree: Tree::new(), ..*self };
        measure.rows(blocks, 0, 1).iter().map(Row::whole).sum()
    }

    fn block(&mut self, block: &Block, section: usize, level: u16) -> Vec<Row> {
        match block {
            Block::Title(words) => vec![self.heading(&plain(words), TITLE, section, level)],
            Block::Heading(words) => vec![self.heading(&plain(words), HEADING, section, level + 1)],
            Block::Subheading(words) => vec![self.heading(words, SUBHEADING, section, level + 2)],
            Block::Paragraph(words) => {
                let node = self.tree.add(section, Meaning::Paragraph);
                vec![self.row(vec![self.cell(words, SIDE, WIDTH, BODY, node)], BODY)]
            }
            Block::Fine(words) => {
                let node = self.tree.add(section, Meaning::Paragraph);
                vec![self.row(vec![self.cell(words, SIDE, WIDTH, FINE, node)], FINE)]
            }
            Block::Answer(of, words) => {
                let node = self.tree.add(section, Meaning::Paragraph);
                let text = vec![Span { words: format!("{} {words}", sign(*of)), ..verdict(*of) }];
                vec![self.row(vec![self.cell(&text, SIDE, WIDTH, ANSWER, node)], ANSWER)]
            }
            Block::Facts(facts) => self.facts(facts, section),
            Block::Table(table) => self.table(table, section),
        }
    }

    fn heading(&mut self, words: &Text, style: Style, section: usize, level: u16) -> Row {
        let title: String = words.iter().map(|span| span.words.as_str()).collect();
        let node = self.tree.add(section, Meaning::Heading(level, short(&title)));
        self.row(vec![self.cell(words, SIDE, WIDTH, style, node)], style)
    }

    fn facts(&mut self, facts: &[(String, Text)], section: usize) -> Vec<Row> {
        let table = self.tree.add(section, Meaning::Table("Names and what is said of them".to_owned()));
        let body = self.tree.add(table, Meaning::Body);
        let mut rows: Vec<Row> = Vec::new();
        for (name, said) in facts {
            let row = self.tree.add(body, Meaning::Row);
            let (head, cell) = (self.tree.add(row, Meaning::RowHead), self.tree.add(row, Meaning::Cell));
            let name = vec![Span { look: Look::Quiet, ..plain(name).remove(0) }];
            let cells = vec![
                self.cell(&name, SIDE, NAMES, FACT, head),
                self.cell(said, SIDE + NAMES + GAP, WIDTH - NAMES - GAP, FACT, cell),
            ];
            rows.push(self.row(cells, FACT));
        }
        rows
    }

    fn table(&mut self, table: &Table, section: usize) -> Vec<Row> {
        let of = self.tree.add(section, Meaning::Table(table.label.clone()));
        let whole: f32 = table.columns.iter().map(|column| column.share).sum();
        #[allow(clippy::cast_precision_loss, reason = "a table has few columns")]
        let room = WIDTH - GAP * table.columns.len().saturating_sub(1) as f32;
        let mut x = SIDE;
        let columns: Vec<(f32, f32, bool)> = table
            .columns
            .iter()
            .map(|column| {
                let at = x;
                let width = room * column.share / whole;
                x += width + GAP;
                (at, width, column.pages)
            })
            .collect();
        let group = self.tree.add(of, Meaning::Head);
        let row = self.tree.add(group, Meaning::Row);
        let mut cells = Vec::new();
        for (column, &(at, width, _)) in table.columns.iter().zip(&columns) {
            let node = self.tree.add(row, Meaning::ColumnHead);
            cells.push(self.cell(&plain(column.head), at, width, Style { bold: true, ..TABLE }, node));
        }
        let repeated = cells
            .iter()
            .map(|cell| Cell { lines: cell.lines.clone(), links: Vec::new(), number: None, ..*cell })
            .collect();
        let head = Rc::new(Row { rule: 0.8, ..self.row(repeated, TABLE) });
        let mut rows = vec![Row { rule: 0.8, sticks: true, above: 4.0, ..self.row(cells, TABLE) }];
        let body = self.tree.add(of, Meaning::Body);
        for texts in &table.rows {
            let row = self.tree.add(body, Meaning::Row);
            let mut cells = Vec::new();
            for (at, (text, &(x, width, pages))) in texts.iter().zip(&columns).enumerate() {
                let node = self.tree.add(row, if at == 0 { Meaning::RowHead } else { Meaning::Cell });
                let cell = self.cell(text, x, width, TABLE, node);
                let number = pages.then(|| Number { text: text.clone(), width });
                // Also the links of a text that shows nothing yet.
                cells.push(Cell { number, links: links(text), ..cell });
            }
            let above = if table.to_fill_in { WRITE } else { TABLE.above };
            let style = Style { above, ..TABLE };
            rows.push(Row { rule: 0.4, head: Some(Rc::clone(&head)), ..self.row(cells, style) });
        }
        rows
    }

    /// The page on which the chapter begins that a text leads to.
    fn numbered(&self, text: &Text, width: f32, starts: &Starts) -> Vec<Line> {
        let number = |target: &String| {
            let start = starts.get(target.trim_start_matches('#'));
            start.map(|(page, _)| (page + 1).to_string()).unwrap_or_default()
        };
        let numbers: Text = text
            .iter()
            .map(|span| Span { words: span.link.as_ref().map(number).unwrap_or_default(), ..span.clone() })
            .collect();
        broken(&numbers, TABLE.bold, TABLE.size, width, self.fonts)
    }

    fn cell(&self, text: &[Span], x: f32, width: f32, style: Style, node: usize) -> Cell {
        // A cell without content would drop out of the tree, and the cells after it would move.
        let blank = plain("").into_iter().map(|span| Span { words: " ".to_owned(), ..span }).collect::<Vec<_>>();
        let text = if text.iter().all(|span| span.words.is_empty()) { &blank } else { text };
        Cell {
            x,
            lines: broken(text, style.bold, style.size, width, self.fonts),
            node,
            links: links(text),
            number: None,
        }
    }

    fn row(&self, cells: Vec<Cell>, style: Style) -> Row {
        Row {
            cells,
            size: style.size,
            leading: style.leading,
            above: style.above,
            below: style.below,
            rule: 0.0,
            sticks: style.sticks,
            head: None,
        }
    }
}

/// The pages, and where each chapter begins.
fn placed(parts: &[Part<'_>]) -> (Vec<Page>, Starts) {
    let mut placer = Placer::new();
    let mut starts = Starts::new();
    for Part { chapter, rows } in parts {
        if let Some(chapter) = chapter {
            placer.chapter(&chapter.title, chapter.turns, rows);
            starts.insert(chapter.id.clone(), (placer.pages.len() - 1, placer.y));
        }
        placer.place(rows);
    }
    (placer.pages, starts)
}

/// Where the spans of a text lead.
fn links(text: &[Span]) -> Vec<Option<String>> {
    text.iter().map(|span| span.link.clone()).collect()
}
