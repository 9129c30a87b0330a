//! Transfers abroad: one row for each flow, law and country, with what carries the transfer.

use std::collections::BTreeMap;

use crate::model::{ANY, FactType, Root, TermType, UNKNOWN};
use crate::report::{RuleResult, Verdict};
use crate::resolve::Value;
use crate::rulebook::{Rule, RuleBook};

use super::entry::{Entry, Register, answer};
use super::papers::{self, Paper};
use super::table::{Table, list, or_none};

/// What happens in a place.
const PARTS: [&str; 3] = ["processing", "storage", "access"];

const HEAD: [&str; 19] = [
    "integration",
    "flow",
    "law",
    "country",
    "country_name",
    "what_happens_there",
    "provider",
    "service",
    "location",
    "personal_data",
    "adequacy",
    "certified_recipient",
    "documents",
    "documents_first_day",
    "documents_next_expiry",
    "verdict_of_transfer_rules",
    "findings",
    "verdict_of_flow",
    "as_of",
];

/// Data that leave the places where they are at home under a law.
pub(super) struct Transfer<'a> {
    /// The law.
    pub(super) law: &'a str,
    /// The country; `any` where places are not limited, `unknown` where they are not known.
    pub(super) country: String,
    /// What happens there.
    pub(super) parts: Vec<&'static str>,
}

/// The transfers of a flow. Data about nobody are not transferred in the sense of these laws.
pub(super) fn of<'a>(entry: &'a Entry<'_>) -> Vec<Transfer<'a>> {
    let vocabulary = &entry.knowledge.vocabulary;
    let mut transfers = Vec::new();
    if entry.is_personal() == Some(false) {
        return transfers;
    }
    for law in entry.flow().laws.iter().flatten() {
        let Some(term) = vocabulary.term(TermType::Law, law).filter(|term| !term.home.is_empty()) else { continue };
        let home = vocabulary.countries(&term.home, entry.day);
        let mut abroad: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
        for part in PARTS {
            let bounded = entry.value(&format!("resource.{part}.bounded"));
            let places: Vec<String> = match (bounded, entry.value(&format!("resource.{part}.countries"))) {
                (Value::Bool(true), Value::Set(countries)) => countries.difference(&home).cloned().collect(),
                (Value::Bool(false), _) => vec![ANY.to_owned()],
                _ => vec![UNKNOWN.to_owned()],
            };
            for place in places {
                abroad.entry(place).or_default().push(part);
            }
        }
        transfers.extend(abroad.into_iter().map(|(country, parts)| Transfer { law, country, parts }));
    }
    transfers
}

/// The groups of countries by which a law lets data go to a country.
pub(super) fn adequacy(entry: &Entry<'_>, transfer: &Transfer<'_>) -> Vec<String> {
    let vocabulary = &entry.knowledge.vocabulary;
    let groups = vocabulary.term(TermType::Law, transfer.law).into_iter().flat_map(|law| &law.adequate);
    let covered = groups.filter_map(|group| {
        let membership = vocabulary.membership(group, &transfer.country, entry.day)?;
        let mut text = entry.word(TermType::CountryGroup, group);
        text.extend(membership.from.map(|from| format!(", since {from}")));
        text.extend(membership.to.map(|to| format!(", until {to}")));
        text.extend(membership.note.as_ref().map(|note| format!("; {}", note.trim())));
        Some(text)
    });
    covered.collect()
}

/// The rules of a law's packs that look at where data go.
fn rules<'a>(book: &'a RuleBook, law: &str) -> Vec<&'a Rule> {
    let of_law = |rule: &&Rule| book.packs.get(rule.pack()).and_then(|pack| pack.law.as_deref()) == Some(law);
    let of_places = |rule: &&Rule| {
        consulted(rule).any(|name| {
            let countries = |kind: &FactType| matches!(kind, FactType::Names(kind) if kind == TermType::Country.name());
            let decl = book.catalogue.find(name).filter(|decl| decl.computed && countries(&decl.fact_type));
            decl.is_some() && name.starts_with(Root::Resource.prefix())
        })
    };
    book.rules.values().filter(of_law).filter(of_places).collect()
}

fn consulted(rule: &Rule) -> impl Iterator<Item = &String> {
    rule.consulted.satisfied.iter().chain(&rule.consulted.applies)
}

/// The papers that the rules read.
fn documents(entry: &Entry<'_>, rules: &[&Rule]) -> Vec<Paper> {
    let read = |paper: &Paper| {
        let prefix = format!("{}.", paper.facts);
        rules.iter().any(|rule| consulted(rule).any(|name| name.starts_with(&prefix)))
    };
    papers::of_entry(entry).into_iter().filter(read).collect()
}

/// What the rules read of the recipient itself, such as a certificate under a framework.
fn certified(entry: &Entry<'_>, rules: &[&Rule]) -> Vec<String> {
    let prefix = format!("{}.", Root::Resource.prefix());
    let mut names: Vec<&String> = rules
        .iter()
        .flat_map(|rule| consulted(rule))
        .filter(|name| name.starts_with(&prefix))
        .filter(|name| {
            let decl = entry.catalogue.find(name);
            decl.is_some_and(|decl| !decl.computed && !decl.paper && decl.fact_type == FactType::Bool)
        })
        .collect();
    names.sort();
    names.dedup();
    names.into_iter().map(|name| format!("{}: {}", &name[prefix.len()..], entry.says(name))).collect()
}

/// The safeguards of a flow under a law in one cell, for the record of processing.
pub(super) fn safeguards(entry: &Entry<'_>, book: &RuleBook, law: &str) -> Vec<String> {
    documents(entry, &rules(book, law)).iter().map(|paper| paper.line(entry.day)).collect()
}

fn finding(rule: &RuleResult) -> String {
    let word = rule.aside.as_ref().map_or(rule.verdict.word(), |aside| aside.by.word());
    format!("{} ({word})", rule.id)
}

pub(super) fn csv(register: &Register<'_>) -> Result<String, String> {
    let mut table = Table::new(&HEAD);
    for entry in &register.flows {
        for transfer in of(entry) {
            let rules = rules(&register.workspace.book, transfer.law);
            let documents = documents(entry, &rules);
            let results = entry.result.rules.iter().filter(|result| rules.iter().any(|rule| rule.id == result.id));
            let applied: Vec<&RuleResult> =
                results.filter(|result| result.status > crate::report::Status::NotApplicable).collect();
            let verdict: Option<Verdict> = applied.iter().map(|rule| rule.verdict).max();
            let findings = applied.iter().filter(|rule| rule.tells()).map(|rule| finding(rule));
            let (provider, service) = entry.titles();
            let name = entry.knowledge.vocabulary.term(TermType::Country, &transfer.country);
            let name = name.map_or_else(
                || if transfer.country == ANY { "not limited" } else { UNKNOWN },
                |country| country.title.as_str(),
            );
            let held = |paper: &&Paper| paper.expires.is_none_or(|expires| entry.day <= expires);
            table.row([
                entry.manifest().id.clone(),
                entry.flow().id.clone(),
                transfer.law.to_owned(),
                transfer.country.clone(),
                name.to_owned(),
                list(&transfer.parts),
                provider,
                service,
                entry.flow().location.clone(),
                answer(entry.is_personal()),
                if transfer.country == UNKNOWN { UNKNOWN.to_owned() } else { list(adequacy(entry, &transfer)) },
                list(certified(entry, &rules)),
                list(documents.iter().map(|paper| paper.line(entry.day))),
                or_none(documents.iter().filter_map(|paper| paper.date).min()),
                or_none(documents.iter().filter(held).filter_map(|paper| paper.expires).min()),
                verdict.map_or("no rule applies", Verdict::word).to_owned(),
                list(findings),
                entry.result.verdict.word().to_owned(),
                entry.day.to_string(),
            ]);
        }
    }
    table.csv()
}
