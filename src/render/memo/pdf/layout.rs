//! Blocks as rows of lines, with their tags.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::content::{Block, Book, Look, Span, Table, Text, plain, short, verdict};
use super::Sheets;
use super::fonts::Fonts;
use super::lines::broken;
use super::place::{Cell, Placer, Row, SIDE, WIDTH};
use super::tags::{Meaning, Tree};
use crate::render::finding::sign;

/// Space between columns.
const GAP: f32 = 8.0;
/// The width of the names of facts.
const NAMES: f32 = 84.0;
/// Room to write, in points.
const WRITE: f32 = 30.0;

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
    /// On which page every chapter begins, as far as known.
    known: &'a BTreeMap<String, (usize, f32)>,
}

impl<'a> Layout<'a> {
    pub(super) fn of(book: &Book, fonts: &'a Fonts, known: &'a BTreeMap<String, (usize, f32)>) -> Sheets {
        let mut layout = Self { fonts, tree: Tree::new(), known };
        let mut placer = Placer::new();
        let mut starts = BTreeMap::new();
        let cover = layout.tree.add(0, Meaning::Section);
        placer.place(&layout.rows(&book.cover, cover, 1));
        let mut part = 0;
        for chapter in &book.chapters {
            let section = layout.tree.add(if chapter.level == 1 { 0 } else { part }, Meaning::Section);
            if chapter.level == 1 {
                part = section;
            }
            let level = u16::from(chapter.level) + 1;
            let style = match (chapter.level, chapter.turns) {
                (1, _) => CHAPTER,
                (_, true) => MEMO,
                (_, false) => AMONG,
            };
            let mut rows = vec![layout.heading(&plain(&chapter.title), style, section, level)];
            rows.extend(layout.rows(&chapter.blocks, section, level));
            placer.chapter(&chapter.title, chapter.turns, &rows);
            starts.insert(chapter.id.clone(), (placer.pages.len() - 1, placer.y));
            placer.place(&rows);
        }
        Sheets { pages: placer.pages, tree: layout.tree, starts }
    }

    fn rows(&mut self, blocks: &[Block], section: usize, level: u16) -> Vec<Row> {
        blocks.iter().flat_map(|block| self.block(block, section, level)).collect()
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
        let repeated =
            cells.iter().map(|cell| Cell { lines: cell.lines.clone(), links: Vec::new(), ..*cell }).collect();
        let head = Rc::new(Row { rule: 0.8, ..self.row(repeated, TABLE) });
        let mut rows = vec![Row { rule: 0.8, sticks: true, above: 4.0, ..self.row(cells, TABLE) }];
        let body = self.tree.add(of, Meaning::Body);
        for texts in &table.rows {
            let row = self.tree.add(body, Meaning::Row);
            let mut cells = Vec::new();
            for (at, (text, &(x, width, pages))) in texts.iter().zip(&columns).enumerate() {
                let node = self.tree.add(row, if at == 0 { Meaning::RowHead } else { Meaning::Cell });
                let numbered = pages.then(|| self.numbered(text));
                cells.push(self.cell(numbered.as_ref().unwrap_or(text), x, width, TABLE, node));
            }
            let above = if table.to_fill_in { WRITE } else { TABLE.above };
            let style = Style { above, ..TABLE };
            rows.push(Row { rule: 0.4, head: Some(Rc::clone(&head)), ..self.row(cells, style) });
        }
        rows
    }

    /// The page on which the chapter begins that a text leads to.
    fn numbered(&self, text: &Text) -> Text {
        let number = |target: &String| {
            let known = self.known.get(target.trim_start_matches('#'));
            known.map_or_else(|| "000".to_owned(), |(page, _)| (page + 1).to_string())
        };
        text.iter()
            .map(|span| Span { words: span.link.as_ref().map(number).unwrap_or_default(), ..span.clone() })
            .collect()
    }

    fn cell(&self, text: &[Span], x: f32, width: f32, style: Style, node: usize) -> Cell {
        // A cell without content would drop out of the tree, and the cells after it would move.
        let blank = plain("").into_iter().map(|span| Span { words: " ".to_owned(), ..span }).collect::<Vec<_>>();
        let text = if text.iter().all(|span| span.words.is_empty()) { &blank } else { text };
        Cell {
            x,
            lines: broken(text, style.bold, style.size, width, self.fonts),
            node,
            links: text.iter().map(|span| span.link.clone()).collect(),
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
