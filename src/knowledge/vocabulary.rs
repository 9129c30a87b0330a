//! The vocabulary of a run: all words, with their hierarchy and their dates.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::document::Document;
use crate::document::yaml::escape;
use crate::model::{Date, Term, TermType, VocabularyFile};
use crate::problem::{Problem, did_you_mean};

/// All words, by type.
#[derive(Debug, Default)]
pub struct Vocabulary {
    words: BTreeMap<TermType, BTreeMap<String, Word>>,
    settings: BTreeMap<String, (i64, Arc<Document>)>,
}

#[derive(Debug)]
struct Word {
    term: Term,
    document: Arc<Document>,
}

impl Vocabulary {
    /// Joins vocabulary files. A word of a later file replaces the same word of an earlier one.
    pub fn new(files: Vec<(Arc<Document>, VocabularyFile)>, problems: &mut Vec<Problem>) -> Self {
        let mut vocabulary = Self::default();
        for (document, file) in files {
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
        vocabulary.check(problems);
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

    /// True when a word is another one, or stands below it.
    pub fn is_in(&self, term_type: TermType, id: &str, ancestor: &str) -> bool {
        id == ancestor
            || self.term(term_type, id).is_some_and(|term| {
                term.parents.iter().any(|parent| self.is_in(term_type, parent, ancestor))
            })
    }

    /// The nearest answer on the way up the hierarchy of data classes.
    pub fn class_says<T>(&self, class: &str, ask: impl Fn(&Term) -> Option<T> + Copy) -> Option<T> {
        let term = self.term(TermType::DataClass, class)?;
        ask(term).or_else(|| term.parents.iter().find_map(|parent| self.class_says(parent, ask)))
    }

    /// The countries that a list of country codes and groups stands for on a day.
    pub fn countries<'a>(&self, list: impl IntoIterator<Item = &'a String>, as_of: Date) -> BTreeSet<String> {
        let mut countries = BTreeSet::new();
        let mut groups = BTreeSet::new();
        for id in list {
            self.spread(id, as_of, &mut groups, &mut countries);
        }
        countries
    }

    /// Groups may stand in groups; each is spread once, so that a circle ends.
    fn spread(&self, id: &str, as_of: Date, groups: &mut BTreeSet<String>, countries: &mut BTreeSet<String>) {
        let Some(group) = self.term(TermType::CountryGroup, id) else {
            countries.insert(id.to_owned());
            return;
        };
        if groups.insert(id.to_owned()) {
            for (member, between) in &group.members {
                if between.from.is_none_or(|from| from <= as_of) && between.to.is_none_or(|to| as_of <= to) {
                    self.spread(member, as_of, groups, countries);
                }
            }
        }
    }

    /// Every `in`, member and law must be a word; no word may stand below itself.
    fn check(&self, problems: &mut Vec<Problem>) {
        for (term_type, words) in &self.words {
            for (id, word) in words {
                for parent in &word.term.parents {
                    self.check_word(*term_type, parent, id, word, "in", problems);
                }
                let above = |parent: &String| self.reaches(*term_type, parent, id, &mut BTreeSet::new());
                if word.term.parents.iter().any(above) {
                    let message = format!("`{id}` stands below itself");
                    problems.push(word.document.problem(&pointer(id, "in"), message, "leads back here"));
                }
                let member_type = match term_type {
                    TermType::SpecialCategory => TermType::DataClass,
                    _ => TermType::Country,
                };
                for member in word.term.members.keys() {
                    let group = *term_type == TermType::CountryGroup && member != id && self.term(*term_type, member).is_some();
                    if !group {
                        self.check_word(member_type, member, id, word, "members", problems);
                    }
                }
                if let Some(law) = &word.term.law {
                    self.check_word(TermType::Law, law, id, word, "law", problems);
                }
            }
        }
    }

    fn reaches(&self, term_type: TermType, from: &str, target: &str, seen: &mut BTreeSet<String>) -> bool {
        from == target
            || (seen.insert(from.to_owned())
                && self
                    .term(term_type, from)
                    .is_some_and(|term| term.parents.iter().any(|next| self.reaches(term_type, next, target, seen))))
    }

    fn check_word(
        &self,
        term_type: TermType,
        wanted: &str,
        id: &str,
        word: &Word,
        field: &str,
        problems: &mut Vec<Problem>,
    ) {
        if self.term(term_type, wanted).is_none() {
            let noun = TermType::noun(term_type.name());
            let message = format!("`{id}` names the {noun} `{wanted}`, which the vocabulary lacks");
            let mut problem = word.document.problem(&pointer(id, field), message, "not in the vocabulary");
            if let Some(near) = did_you_mean(wanted, self.terms(term_type).map(|(id, _)| id.as_str())) {
                problem = problem.help(format!("did you mean `{near}`?"));
            }
            problems.push(problem);
        }
    }
}

fn pointer(id: &str, field: &str) -> String {
    format!("/terms/{}/{field}", escape(id))
}
