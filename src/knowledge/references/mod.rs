//! Cross-references between documents: every name must lead somewhere.

mod contract;
mod manifest;
mod profile;

use std::ops::Range;

use serde_json::Value;

use super::{Knowledge, ServiceView};
use crate::document::Document;
use crate::document::yaml::escape;
use crate::model::{Catalogue, FactType, TermType, Tree, UNKNOWN};
use crate::problem::{Problem, suggest};

pub(super) use contract::{agreement, contract};
pub(super) use manifest::manifest;
pub(super) use profile::profile;

/// Checks the names of one document.
struct Check<'a> {
    knowledge: &'a Knowledge,
    catalogue: &'a Catalogue,
    document: &'a Document,
    problems: &'a mut Vec<Problem>,
}

/// The names that a place may hold.
struct Names<'n> {
    noun: &'n str,
    /// Of what they are names, such as ` of openai/api`.
    of: String,
    known: Vec<&'n str>,
    /// How to mend a name that is like none of them.
    help: &'n str,
}

impl<'n> Names<'n> {
    fn new(noun: &'n str, known: impl IntoIterator<Item = &'n str>) -> Self {
        Self { noun, of: String::new(), known: known.into_iter().collect(), help: "" }
    }

    fn of(self, owner: &str) -> Self {
        Self { of: format!(" of {owner}"), ..self }
    }

    fn help(self, help: &'n str) -> Self {
        Self { help, ..self }
    }
}

impl Check<'_> {
    /// Walks a tree whose shape the catalogue decides, and checks its words.
    fn tree(&mut self, tree: &Tree, at: &str, prefix: &str, sourced: bool) {
        let catalogue = self.catalogue;
        for (path, decl) in catalogue.below(prefix) {
            let (FactType::Name(kind) | FactType::Names(kind)) = &decl.fact_type else { continue };
            if catalogue.lists.contains_key(kind) {
                continue;
            }
            let mut pointer = pointer(path);
            if sourced {
                pointer.push_str("/value");
            }
            match lookup(tree, &pointer) {
                Some(Value::String(word)) if word != UNKNOWN => self.word(kind, word, &format!("{at}{pointer}")),
                Some(Value::Array(words)) => {
                    for (index, word) in words.iter().enumerate() {
                        self.word(kind, word.as_str().unwrap_or_default(), &format!("{at}{pointer}/{index}"));
                    }
                }
                _ => {}
            }
        }
    }

    fn words<'w>(&mut self, kind: &str, words: impl IntoIterator<Item = &'w String>, at: &str) {
        for (index, word) in words.into_iter().enumerate() {
            self.word(kind, word, &format!("{at}/{index}"));
        }
    }

    /// A word of the vocabulary; a country may be a group.
    fn word(&mut self, kind: &str, word: &str, at: &str) {
        let vocabulary = &self.knowledge.vocabulary;
        let Some(term_type) = vocabulary.term_type(kind) else { return };
        let groups = vocabulary.terms(TermType::CountryGroup).filter(|_| term_type == TermType::Country);
        let known = vocabulary.terms(term_type).chain(groups).map(|(id, _)| id.as_str());
        let roots: Vec<&str> =
            vocabulary.terms(term_type).map(|(id, _)| id.as_str()).filter(|id| !id.contains('.')).collect();
        let help = match term_type {
            TermType::Country => "write the two letters of ISO 3166-1, such as DE, or a group, such as EEA".to_owned(),
            TermType::DataClass => format!("data classes start with one of: {}", roots.join(", ")),
            _ => "name a word of the vocabulary, or add this one under --vocabulary".to_owned(),
        };
        self.one_of(word, at, Names::new(TermType::noun(kind), known).help(&help));
    }

    /// A value that must be one of the names.
    fn one_of(&mut self, word: &str, at: &str, names: Names<'_>) -> bool {
        self.known(word, self.document.node.locate(at), names)
    }

    /// A key that must be one of the names.
    fn key_of(&mut self, key: &str, at: &str, names: Names<'_>) -> bool {
        self.known(key, self.key(&format!("{at}/{}", escape(key))), names)
    }

    fn known(&mut self, word: &str, span: Range<usize>, names: Names<'_>) -> bool {
        // It may stand in a document that could not be read; that problem is shown.
        if self.knowledge.incomplete || names.known.contains(&word) {
            return true;
        }
        let Names { noun, of, known, help } = names;
        let help = suggest(word, known).or_else(|| (!help.is_empty()).then(|| help.to_owned()));
        let help = help.unwrap_or_else(|| format!("there is no {noun}{of}: take this one out"));
        self.problem(span, format!("unknown {noun} `{word}`{of}"), &format!("no such {noun}"), help);
        false
    }

    /// The bytes of the key under a pointer; of the value when it has no key.
    fn key(&self, at: &str) -> Range<usize> {
        self.document.node.locate_key(at).unwrap_or_else(|| self.document.node.locate(at))
    }

    fn problem(&mut self, span: Range<usize>, message: String, label: &str, help: impl Into<String>) {
        let file = &self.document.file;
        self.problems.push(Problem::new(message).at(file, span, label).help(help));
    }

    /// Features that a flow uses or terms exclude.
    fn features(&mut self, view: &ServiceView<'_>, features: &[String], at: &str, owner: &str) {
        for (index, feature) in features.iter().enumerate() {
            let names = Names::new("feature", view.keys(|service| &service.features)).of(owner);
            self.one_of(feature, &format!("{at}/{index}"), names);
        }
    }

    /// Options that a flow relies on or a location requires.
    fn options(&mut self, view: &ServiceView<'_>, options: &[String], at: &str, owner: &str) {
        for (index, option) in options.iter().enumerate() {
            let names = Names::new("option", view.keys(|service| &service.options)).of(owner);
            self.one_of(option, &format!("{at}/{index}"), names);
        }
    }
}

/// The pointer to a fact below the part of a document that holds it.
fn pointer(path: &str) -> String {
    path.split('.').map(|step| format!("/{}", escape(step))).collect()
}

/// The value under a pointer of a tree.
fn lookup<'t>(tree: &'t Tree, pointer: &str) -> Option<&'t Value> {
    let rest = pointer.strip_prefix('/')?;
    let (first, rest) = rest.split_once('/').map_or((rest, ""), |(first, rest)| (first, rest));
    let value = tree.get(first)?;
    if rest.is_empty() { Some(value) } else { value.pointer(&format!("/{rest}")) }
}
