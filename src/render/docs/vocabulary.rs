//! The words that documents and rules may use.

use std::fmt::Write;

use super::table;
use crate::knowledge::Vocabulary;
use crate::model::{Standing, Term, TermType};

pub(super) fn page(vocabulary: &Vocabulary) -> String {
    let mut page = String::from("# Vocabulary\n\nThe words that manifests, profiles, contracts and rules may use.\n");
    for term_type in TermType::ALL {
        let noun = TermType::noun(term_type.name());
        let mut rows = vec![["word", "meaning", "remarks"].map(str::to_owned).to_vec()];
        for (id, term) in vocabulary.terms(term_type) {
            rows.push(vec![format!("`{id}`"), meaning(term), remarks(id, term)]);
        }
        if rows.len() > 1 {
            let _ = write!(page, "\n## {}\n\n{}", capital(noun), table(&rows));
        }
    }
    page
}

fn meaning(term: &Term) -> String {
    match &term.url {
        Some(url) => format!("[{}]({url})", term.title),
        None => term.title.clone(),
    }
}

fn remarks(id: &str, term: &Term) -> String {
    let mut remarks = Vec::new();
    let wider: Vec<&str> = term
        .parents
        .iter()
        .map(String::as_str)
        .filter(|parent| id.rsplit_once('.').is_none_or(|(shorter, _)| shorter != *parent))
        .collect();
    if !wider.is_empty() {
        remarks.push(format!("in {}", wider.join(", ")));
    }
    for (said, word) in [
        (term.personal == Some(true), "personal"),
        (term.personal == Some(false), "not personal"),
        (term.quasi_identifier, "identifies together with others"),
        (term.whole_record, "a whole record"),
        (term.vulnerable, "in a weaker position"),
    ] {
        if said {
            remarks.push(word.to_owned());
        }
    }
    remarks.extend(term.law.iter().map(|law| format!("under {law}")));
    remarks.extend(term.dated.map(|day| day.to_string()));
    remarks.extend(term.standing.map(|standing| Standing::word(standing).to_owned()));
    if !term.members.is_empty() {
        let members: Vec<String> = term
            .members
            .iter()
            .map(|(member, between)| match (between.from, between.to) {
                (None, None) => member.clone(),
                (from, to) => {
                    let day = |day: Option<crate::model::Date>| day.map_or(String::new(), |day| day.to_string());
                    format!("{member} ({} to {})", day(from), day(to))
                }
            })
            .collect();
        remarks.push(format!("members: {}", members.join(", ")));
    }
    remarks.extend(term.note.iter().map(|note| note.trim().to_owned()));
    remarks.join("; ")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
