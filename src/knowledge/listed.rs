use std::sync::Arc;

use rayon::prelude::*;

use super::Known;
use crate::document::Document;
use crate::model::Manifest;
use crate::source::SourceFile;

/// A manifest that is in order, by its text. What it says is read again whenever it is needed: a run of ten thousand manifests holds
/// their texts, but the content of a few at a time.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The text and its name.
    pub file: Arc<SourceFile>,
    /// The manifest's id.
    pub id: String,
    /// How many flows it has.
    pub flows: usize,
}

impl Listed {
    /// A manifest as it was read.
    pub fn of(document: &Document, manifest: &Manifest) -> Self {
        Self { file: Arc::clone(&document.file), id: manifest.id.clone(), flows: manifest.flows.len() }
    }

    /// The content.
    ///
    /// # Errors
    /// A text that is no manifest: a fault of the program, for it was read before.
    pub fn read(&self) -> Result<Known<Manifest>, String> {
        let (document, model) = Document::again(&self.file)?;
        Ok(Known { document, model: Arc::new(model) })
    }

    /// The content of all, for what needs them side by side.
    ///
    /// # Errors
    /// As [`Listed::read`].
    pub fn read_all(listed: &[Self]) -> Result<Vec<Known<Manifest>>, String> {
        listed.par_iter().map(Self::read).collect()
    }
}
