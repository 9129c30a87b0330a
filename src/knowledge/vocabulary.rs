//! The vocabulary of a run: all words, with their hierarchy and their dates.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::document::Document;
use crate::document::yaml::escape;
use crate::model::{Date, Membership, Term, TermType, VocabularyFile};
use crate::problem::Problem;

use super::words;

/// All words, by type.
#[derive(Debug, Default)]
pub struct Vocabulary {
    pub(super) words: BTreeMap<TermType, BTreeMap<String, Word>>,
    settings: BTreeMap<String, (i64, Arc<Document>)>,
}

/// A word and the file that gives it.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) term: Term,
    pub(super) document: Arc<Document>,
}

impl Vocabulary {
    /// Joins vocabulary files. A word of a later file replaces the same word of an earlier one.
    pub fn new(files: Vec<(Arc<Document>, VocabularyFile)>, problems: &mut Vec<Problem>) -> Self {
        let mut vocabulary = Self::default();
        for (document, file) in files {
            words::sources(&document, &file, problems);
            for (name, value) in file.settings {
                vocabulary.settings.insert(name, (value, Arc::clone(&document)));
            }
            for (id, mut term) in file.terms {
                // A dotted word stands in its shorter form.
                if file.term_type != TermType::CountryGroup
                    && let Some((parent, _)) = id.rsplit_once('.')
                    && !term.parents.iter().any(|known| known == parent)
                {
                    term.parents.push(parent.to_owned());
                }
                let word = Word { term, document: Arc::clone(&document) };
                vocabulary.words.entry(file.term_type).or_default().insert(id, word);
            }
        }
        let wrong = words::check(&vocabulary, problems);
        // Cut, so that the stages that still look for faults find no circle and no parent that is not there.
        for (term_type, id, wrong) in wrong {
            if let Some(word) = vocabulary.words.get_mut(&term_type).and_then(|words| words.get_mut(&id)) {
                word.term.parents.retain(|parent| *parent != wrong);
            }
        }
        vocabulary
    }

    /// The words of a type.
    pub fn terms(&self, term_type: TermType) -> impl Iterator<Item = (&String, &Term)> {
        self.words.get(&term_type).into_iter().flatten().map(|(id, word)| (id, &word.term))
    }

    /// One word.
    pub fn term(&self, term_type: TermType, id: &str) -> Option<&Term> {
        self.words.get(&term_type)?.get(id).map(|word| &word.term)
    }

    /// The type whose Cedar name is given, when the vocabulary fills it.
    pub fn term_type(&self, name: &str) -> Option<TermType> {
        self.words.keys().copied().find(|term_type| term_type.name() == name)
    }

    /// The file of a word and the pointer to it.
    pub fn place(&self, term_type: TermType, id: &str) -> Option<(&Arc<Document>, String)> {
        let word = self.words.get(&term_type)?.get(id)?;
        Some((&word.document, format!("/terms/{}", escape(id))))
    }

    /// A number that goes with the words, and its file.
    pub fn setting(&self, name: &str) -> Option<(i64, &Arc<Document>)> {
        self.settings.get(name).map(|(value, document)| (*value, document))
    }

    /// A word and all words above it, each once.
    fn upwards<'a>(&'a self, term_type: TermType, id: &'a str) -> impl Iterator<Item = (&'a str, &'a Term)> {
        let mut open = vec![id];
        let mut seen = BTreeSet::new();
        std::iter::from_fn(move || {
            loop {
                let id = open.pop()?;
                if let Some(term) = self.term(term_type, id).filter(|_| seen.insert(id)) {
                    open.extend(term.parents.iter().rev().map(String::as_str));
                    return Some((id, term));
                }
            }
        })
    }

    /// True when a word is another one, or stands below it.
    pub fn is_in(&self, term_type: TermType, id: &str, ancestor: &str) -> bool {
        id == ancestor || self.upwards(term_type, id).any(|(above, _)| above == ancestor)
    }

    /// The nearest answer on the way up the hierarchy of data classes.
    pub fn class_says<T>(&self, class: &str, ask: impl Fn(&Term) -> Option<T> + Copy) -> Option<T> {
        self.upwards(TermType::DataClass, class).find_map(|(_, term)| ask(term))
    }

    /// The term of the W3C Data Privacy Vocabulary for a word, or else for the nearest word above it.
    pub fn dpv<'a>(&'a self, term_type: TermType, id: &'a str) -> Option<&'a str> {
        self.upwards(term_type, id).find_map(|(_, term)| term.dpv.as_deref())
    }

    /// The membership by which a country is in a group on a day: its own, or that of a group in the group.
    pub fn membership(&self, group: &str, country: &str, day: Date) -> Option<&Membership> {
        let members = &self.term(TermType::CountryGroup, group)?.members;
        let on_the_day = |between: &&Membership| {
            between.from.is_none_or(|from| from <= day) && between.to.is_none_or(|to| day <= to)
        };
        let own = members.get(country).filter(on_the_day);
        own.or_else(|| {
            let of_groups = members.iter().filter(|(_, between)| on_the_day(between));
            let mut holding = of_groups.filter(|(member, _)| self.countries([*member], day).contains(country));
            holding.next().map(|(_, between)| between)
        })
    }

    /// The special categories that a data class belongs to, by itself or through a wider class.
    pub fn categories(&self, class: &str) -> BTreeSet<String> {
        let wider: BTreeSet<&str> = self.upwards(TermType::DataClass, class).map(|(id, _)| id).collect();
        self.terms(TermType::SpecialCategory)
            .filter(|(_, category)| category.members.keys().any(|member| wider.contains(member.as_str())))
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// The countries that a list of country codes and groups stands for on a day.
    pub fn countries<'a>(&self, list: impl IntoIterator<Item = &'a String>, as_of: Date) -> BTreeSet<String> {
        let mut countries = BTreeSet::new();
        let mut open: Vec<&str> = list.into_iter().map(String::as_str).collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            let Some(group) = self.term(TermType::CountryGroup, id) else {
                countries.insert(id.to_owned());
                continue;
            };
            // Groups may stand in groups.
            if seen.insert(id) {
                let members = group.members.iter().filter(|(_, between)| {
                    between.from.is_none_or(|from| from <= as_of) && between.to.is_none_or(|to| as_of <= to)
                });
                open.extend(members.map(|(member, _)| member.as_str()));
            }
        }
        countries
    }
}
