//! The dossier as PDF/A-2a.

mod fold;
mod fonts;
mod layout;
mod lines;
mod place;
mod tags;
mod write;

use self::fonts::Fonts;
use self::layout::{Layout, Starts};
use self::place::Page;
use self::tags::Tree;
use super::content::Book;

/// What is to be written: pages, and what they mean.
struct Sheets {
    pages: Vec<Page>,
    tree: Tree,
    starts: Starts,
}

pub(super) fn render(book: &Book) -> Result<Vec<u8>, String> {
    let fonts = Fonts::load()?;
    write::document(book, &fonts, Layout::of(book, &fonts))
}
