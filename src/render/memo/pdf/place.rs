//! Rows of lines placed on pages: what belongs together stays together, and no line stands alone.

use std::rc::Rc;

use super::super::content::Text;
use super::lines::{Line, Piece};

/// A4, in points.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
/// The margins: left and right, above, below.
pub(super) const SIDE: f32 = 54.0;
pub(super) const TOP: f32 = 54.0;
pub(super) const BOTTOM: f32 = PAGE.1 - 54.0;
/// The width of a line.
pub(super) const WIDTH: f32 = PAGE.0 - 2.0 * SIDE;
/// What is lower than this is not divided between pages.
const WHOLE: f32 = 150.0;

/// A page.
#[derive(Default)]
pub(super) struct Page {
    /// What stands above the text: the chapter that goes on.
    pub(super) running: Option<String>,
    /// What is drawn, in reading order.
    pub(super) marks: Vec<Mark>,
}

/// Something drawn.
pub(super) enum Mark {
    /// Characters, with the part of the tree that they belong to; none for what only repeats.
    Text { x: f32, baseline: f32, size: f32, piece: Piece, node: Option<usize>, link: Option<String> },
    /// A line from margin to margin.
    Rule { y: f32, weight: f32 },
}

/// Lines side by side.
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    pub(super) size: f32,
    pub(super) leading: f32,
    pub(super) above: f32,
    pub(super) below: f32,
    /// The weight of the line below; 0 for none.
    pub(super) rule: f32,
    /// True when the row must stand on the page of the one after it.
    pub(super) sticks: bool,
    /// The head that is drawn again on every further page.
    pub(super) head: Option<Rc<Row>>,
}

/// A part of a row.
pub(super) struct Cell {
    pub(super) x: f32,
    pub(super) lines: Vec<Line>,
    pub(super) node: usize,
    /// Where the spans lead, by span.
    pub(super) links: Vec<Option<String>>,
    /// What to say once all pages are known, if the cell is to say a page.
    pub(super) number: Option<Number>,
}

/// A text that leads to a chapter, of which only the page is shown.
pub(super) struct Number {
    pub(super) text: Text,
    pub(super) width: f32,
}

impl Row {
    fn lines(&self) -> usize {
        self.cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0)
    }

    fn height(&self, lines: usize) -> f32 {
        #[allow(clippy::cast_precision_loss, reason = "a page has few lines")]
        let lines = lines as f32;
        self.above + lines * self.leading + self.below
    }

    /// What the row takes when it is not divided.
    pub(super) fn whole(&self) -> f32 {
        self.height(self.lines())
    }

    /// What must stand on a page for the row to begin there.
    fn least(&self) -> f32 {
        let whole = self.whole();
        if whole <= WHOLE { whole } else { self.height(2) }
    }
}

/// Places rows one after the other.
pub(super) struct Placer {
    pub(super) pages: Vec<Page>,
    pub(super) y: f32,
    chapter: Option<String>,
}

impl Placer {
    pub(super) fn new() -> Self {
        Self { pages: vec![Page::default()], y: TOP, chapter: None }
    }

    /// Begins a chapter, on a new page if it `turns` or if there is no room on this one for what stands first.
    pub(super) fn chapter(&mut self, title: &str, turns: bool, first: &[Row]) {
        if turns || self.y + Self::least(first) > BOTTOM {
            self.pages.push(Page::default());
            self.y = TOP;
        }
        self.chapter = Some(title.to_owned());
    }

    /// What must stand on a page for the first of some rows to begin there, with those that it sticks to.
    fn least(rows: &[Row]) -> f32 {
        let sticking = rows.iter().take_while(|row| row.sticks).count();
        rows.iter().take(sticking + 1).map(Row::least).sum()
    }

    pub(super) fn place(&mut self, rows: &[Row]) {
        for (at, row) in rows.iter().enumerate() {
            if self.y + Self::least(&rows[at..]) > BOTTOM && self.y > TOP {
                self.turn(row);
            }
            self.put_divided(row);
        }
    }

    /// A new page, with the head of the table that goes on there.
    fn turn(&mut self, row: &Row) {
        let running = self.chapter.as_ref().map(|chapter| format!("{chapter} (continued)"));
        self.pages.push(Page { running, ..Page::default() });
        self.y = TOP;
        if let Some(head) = &row.head {
            self.put(head, 0, head.lines(), false);
        }
    }

    fn put_divided(&mut self, row: &Row) {
        let lines = row.lines();
        let mut from = 0;
        while from < lines {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
            let room = ((BOTTOM - self.y - row.above) / row.leading).max(1.0) as usize;
            let mut to = lines.min(from + room);
            // Two lines at least go on to the next page.
            if lines - to == 1 && to - from > 2 {
                to -= 1;
            }
            self.put(row, from, to, true);
            from = to;
            if from < lines {
                self.turn(row);
            }
        }
    }

    /// Draws some lines of a row; `first` unless they only repeat.
    fn put(&mut self, row: &Row, from: usize, to: usize, first: bool) {
        let top = self.y + row.above;
        let Some(page) = self.pages.last_mut() else { return };
        for cell in &row.cells {
            let mut baseline = top + row.leading * 0.76;
            for line in cell.lines.iter().take(to).skip(from) {
                page.marks.extend(line.pieces.iter().map(|piece| Mark::Text {
                    x: cell.x + piece.x,
                    baseline,
                    size: row.size,
                    piece: piece.clone(),
                    node: first.then_some(cell.node),
                    link: cell.links.get(piece.span).cloned().flatten().filter(|_| first),
                }));
                baseline += row.leading;
            }
        }
        self.y += row.height(to - from);
        if row.rule > 0.0 && to == row.lines() {
            page.marks.push(Mark::Rule { y: self.y - row.rule, weight: row.rule });
        }
    }
}
