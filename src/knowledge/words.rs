//! What the words of a vocabulary name must be there, and no word may stand below itself.

use std::collections::BTreeSet;
use std::ops::Range;

use super::vocabulary::{Vocabulary, Word};
use crate::document::Document;
use crate::document::yaml::escape;
use crate::model::{TermType, VocabularyFile};
use crate::problem::{Problem, suggest};

/// A word's `in` that leads nowhere, or back to the word.
pub(super) type WrongLink = (TermType, String, String);

/// Every source must be one of the file's own.
pub(super) fn sources(document: &Document, file: &VocabularyFile, problems: &mut Vec<Problem>) {
    for (id, term) in &file.terms {
        let at = format!("/terms/{}", escape(id));
        let own = term.source.iter().map(|source| (source, format!("{at}/source")));
        let of_members = term.members.iter().filter_map(|(member, membership)| {
            Some((membership.source.as_ref()?, format!("{at}/members/{}/source", escape(member))))
        });
        for (source, pointer) in own.chain(of_members).filter(|(source, _)| !file.sources.contains_key(*source)) {
            let help = suggest(source, file.sources.keys().map(String::as_str))
                .unwrap_or_else(|| "describe it under `sources`, with its title and address".to_owned());
            let message = format!("unknown source `{source}`");
            problems.push(document.problem(&pointer, message, "no source of this file").help(help));
        }
    }
}

/// Every parent, member and law must be a word, and none may lead back. Returns the parents that do not hold.
pub(super) fn check(vocabulary: &Vocabulary, problems: &mut Vec<Problem>) -> BTreeSet<WrongLink> {
    let mut wrong = BTreeSet::new();
    for (&term_type, words) in &vocabulary.words {
        let above = |id: &str| -> Vec<&str> {
            vocabulary.term(term_type, id).into_iter().flat_map(|term| &term.parents).map(String::as_str).collect()
        };
        for (id, word) in words {
            for (index, parent) in word.term.parents.iter().enumerate() {
                let (problem, label) = if vocabulary.term(term_type, parent).is_none() {
                    (unknown(vocabulary, term_type, id, parent), "not in the vocabulary")
                } else if reaches(parent, id, above, |id| rank(vocabulary, term_type, id)) {
                    let problem = Problem::new(format!("`{id}` stands below itself"));
                    (problem.help(format!("take `{parent}` out of its `in`")), "leads back")
                } else {
                    continue;
                };
                problems.push(problem.at(&word.document.file, span_of_parent(word, id, index), label));
                wrong.insert((term_type, id.clone(), parent.clone()));
            }
            members(vocabulary, term_type, id, word, problems);
            places(vocabulary, id, word, problems);
            if let Some(law) = word.term.law.as_ref().filter(|law| vocabulary.term(TermType::Law, law).is_none()) {
                let span = word.document.node.locate(&format!("/terms/{}/law", escape(id)));
                let problem = unknown(vocabulary, TermType::Law, id, law);
                problems.push(problem.at(&word.document.file, span, "not in the vocabulary"));
            }
        }
    }
    wrong
}

/// Members of a group are countries or groups, those of a special category are data classes.
fn members(vocabulary: &Vocabulary, term_type: TermType, id: &str, word: &Word, problems: &mut Vec<Problem>) {
    let group = term_type == TermType::CountryGroup;
    let member_type = if group { TermType::Country } else { TermType::DataClass };
    let groups = |id: &str| -> Vec<&str> {
        let group = vocabulary.term(TermType::CountryGroup, id);
        group.into_iter().flat_map(|term| term.members.keys()).map(String::as_str).collect()
    };
    for member in word.term.members.keys() {
        let (problem, label) = if group && reaches(member, id, groups, |id| rank(vocabulary, term_type, id)) {
            let problem = Problem::new(format!("the group `{id}` is a member of itself"));
            (problem.help(format!("take `{member}` out of its members")), "leads back")
        } else if vocabulary.term(member_type, member).is_none() && !(group && is_group(vocabulary, member)) {
            (unknown(vocabulary, member_type, id, member), "not in the vocabulary")
        } else {
            continue;
        };
        let pointer = format!("/terms/{}/members/{}", escape(id), escape(member));
        let node = &word.document.node;
        let span = node.locate_key(&pointer).unwrap_or_else(|| node.locate(&pointer));
        problems.push(problem.at(&word.document.file, span, label));
    }
}

/// Where data under a law are at home, and where they may go, are countries and groups of countries.
fn places(vocabulary: &Vocabulary, id: &str, word: &Word, problems: &mut Vec<Problem>) {
    for (field, places) in [("home", &word.term.home), ("adequate", &word.term.adequate)] {
        for (index, place) in places.iter().enumerate() {
            if vocabulary.term(TermType::Country, place).is_none() && !is_group(vocabulary, place) {
                let span = word.document.node.locate(&format!("/terms/{}/{field}/{index}", escape(id)));
                let problem = unknown(vocabulary, TermType::CountryGroup, id, place);
                problems.push(problem.at(&word.document.file, span, "not in the vocabulary"));
            }
        }
    }
}

fn is_group(vocabulary: &Vocabulary, id: &str) -> bool {
    vocabulary.term(TermType::CountryGroup, id).is_some()
}

fn unknown(vocabulary: &Vocabulary, term_type: TermType, id: &str, wanted: &str) -> Problem {
    let noun = TermType::noun(term_type.name());
    let help = if id.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.')) {
        format!("a dotted word stands below its shorter form: add `{wanted}`")
    } else {
        let known = vocabulary.terms(term_type).map(|(id, _)| id.as_str());
        suggest(wanted, known).unwrap_or_else(|| format!("name a {noun} of the vocabulary, or add this one"))
    };
    Problem::new(format!("`{id}` names the {noun} `{wanted}`, which the vocabulary lacks")).help(help)
}

/// The bytes of a parent; of the word itself when the parent is not written, but follows from a dot.
fn span_of_parent(word: &Word, id: &str, index: usize) -> Range<usize> {
    let pointer = format!("/terms/{}", escape(id));
    let node = &word.document.node;
    let written = node.at(&format!("{pointer}/in/{index}")).map(crate::document::yaml::Node::bytes);
    written.or_else(|| node.locate_key(&pointer)).unwrap_or_default()
}

/// The order in which circles are looked for: from the user's own words first, as those that the binary holds are sound.
fn rank<'a>(vocabulary: &Vocabulary, term_type: TermType, id: &'a str) -> (bool, &'a str) {
    let word = vocabulary.words.get(&term_type).and_then(|words| words.get(id));
    (word.is_some_and(|word| word.document.file.embedded), id)
}

/// True when steps from a word lead to another one, or it is that one. The way goes only over words that rank behind the other
/// one, so that each circle is found once: from its first word.
fn reaches<'a>(
    from: &'a str,
    target: &'a str,
    next: impl Fn(&str) -> Vec<&'a str>,
    rank: impl Fn(&'a str) -> (bool, &'a str),
) -> bool {
    let mut open = vec![from];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if id == target {
            return true;
        }
        if rank(id) > rank(target) && seen.insert(id) {
            open.extend(next(id));
        }
    }
    false
}
