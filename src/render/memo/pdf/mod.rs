//! The dossier as PDF/A-2a.

mod fonts;
mod layout;
mod lines;
mod place;
mod tags;
mod write;

use std::collections::BTreeMap;

use self::fonts::Fonts;
use self::layout::Layout;
use self::place::Page;
use self::tags::Tree;
use super::content::Book;

/// What is to be written: pages, and what they mean.
struct Sheets {
    pages: Vec<Page>,
    tree: Tree,
    /// Where each chapter begins: page and height.
    starts: BTreeMap<String, (usize, f32)>,
}

pub(super) fn render(book: &Book) -> Result<Vec<u8>, String> {
    let fonts = Fonts::load()?;
    // The first time to learn on which page every chapter begins, the second time to say so.
    let first = Layout::of(book, &fonts, &BTreeMap::new());
    let second = Layout::of(book, &fonts, &first.starts);
    write::document(book, &fonts, second)
}
