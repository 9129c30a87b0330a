//! A dossier for people who sign and file: memos on the flows, the control matrix, fact sheets of the providers, and the files with
//! their digests. The content is put together once and written as HTML and as PDF, so that both say the same.

mod content;
mod dossier;
mod html;
mod pages;
mod pdf;

pub use super::service::{Limits, Row, Section};
pub use dossier::{Background, Dossier, PaperRecord, Sheet, Signer, SourceRecord};

/// The dossier as one page for a browser: nothing is fetched, nothing runs, and it prints well.
pub fn html(dossier: &Dossier<'_>) -> String {
    html::render(&pages::book(dossier))
}

/// The dossier as PDF/A-2a: tagged, with bookmarks and embedded fonts. Equal dossiers give equal bytes.
///
/// # Errors
/// A moment of export that is none, or what the standard does not allow: a fault of the program.
pub fn pdf(dossier: &Dossier<'_>) -> Result<Vec<u8>, String> {
    pdf::render(&pages::book(dossier))
}
