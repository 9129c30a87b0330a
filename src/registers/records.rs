//! Records of processing activities: one row for each flow, with what GDPR Art. 30(1) and (2) ask for.

use std::collections::BTreeSet;

use crate::model::{NONE, Root, TermType, UNKNOWN};
use crate::resolve::Value;

use super::entry::{Entry, PROCESSOR, Register, yes_no};
use super::papers;
use super::table::{Table, list, or_unknown};
use super::transfers;

const HEAD: [&str; 41] = [
    "integration",
    "flow",
    "title",
    "organisation",
    "organisation_contact",
    "representative",
    "data_protection_officer",
    "our_role",
    "owner",
    "on_behalf_of",
    "laws",
    "purpose",
    "collected_for",
    "operation",
    "data_subjects",
    "number_of_data_subjects",
    "personal_data",
    "other_data",
    "special_categories",
    "provider",
    "service",
    "provider_role",
    "recipients",
    "recipients_complete",
    "location",
    "processing_countries",
    "storage_countries",
    "access_countries",
    "third_countries",
    "transfer_safeguards",
    "erasure_time_limit",
    "erasure_exceptions",
    "erasure_at_end_of_contract",
    "security_measures",
    "legal_basis",
    "contracts",
    "papers",
    "verdict",
    "findings",
    "manifest",
    "as_of",
];

pub(super) fn csv(register: &Register<'_>) -> Result<String, String> {
    let mut table = Table::new(&HEAD);
    let us = register.organisation();
    for entry in &register.flows {
        let (provider, service) = entry.titles();
        let place = &entry.result.place;
        table.row([
            entry.manifest().id.clone(),
            entry.flow().id.clone(),
            entry.manifest().title.clone(),
            or_unknown(us.and_then(|us| us.name.clone())),
            or_unknown(us.and_then(|us| us.contact.clone())),
            or_unknown(us.and_then(|us| us.representative.clone())),
            or_unknown(us.and_then(|us| us.data_protection_officer.clone())),
            entry.says("context.flow.organisation.role"),
            entry.manifest().owner.clone(),
            on_behalf_of(entry),
            entry.says("context.flow.laws"),
            entry.word(TermType::Action, &entry.flow().purpose),
            collected_for(entry),
            entry.says("context.flow.operation"),
            entry.says("context.flow.subjects.kinds"),
            entry.says("context.flow.subjects.scale"),
            list(items(entry, |personal| personal != Some(false))),
            list(items(entry, |personal| personal == Some(false))),
            list(special_categories(entry).iter().map(|category| entry.word(TermType::SpecialCategory, category))),
            provider,
            service,
            entry.says("resource.role"),
            entry.says("resource.recipients.names"),
            entry.says("resource.recipients.bounded"),
            entry.flow().location.clone(),
            countries(entry, "processing"),
            countries(entry, "storage"),
            countries(entry, "access"),
            list(transfers::of(entry).iter().map(|to| format!("{}: {} ({})", to.law, to.country, to.parts.join(", ")))),
            safeguards(register, entry),
            erasure(entry),
            match entry.value("resource.retention.exceptions") {
                Value::Bool(true) => "some content longer in exceptional cases".to_owned(),
                Value::Bool(false) => NONE.to_owned(),
                _ => UNKNOWN.to_owned(),
            },
            days(entry.value("resource.deletion.on_termination_days")),
            list(security(entry)),
            legal_bases(entry),
            contracts(entry),
            list(papers::of_entry(entry).iter().map(|paper| paper.line(entry.day))),
            entry.result.verdict.word().to_owned(),
            list(entry.result.findings().iter().map(|rule| format!("{} ({})", rule.id, rule.verdict.word()))),
            format!("{}:{}", place.file, place.line),
            entry.day.to_string(),
        ]);
    }
    table.csv()
}

/// On whose behalf: the customers whose contracts govern the data, where we are their processor.
fn on_behalf_of(entry: &Entry<'_>) -> String {
    let own = entry.catalogue.find("context.flow.organisation.role").map(|decl| &decl.dpv);
    match entry.value("context.flow.organisation.role") {
        Value::Name(role) if own.and_then(|terms| terms.get(role)).is_some_and(|term| term == PROCESSOR) => {
            match papers::contracts(entry).filter(|contracts| !contracts.is_empty()) {
                Some(contracts) => list(contracts.iter().map(|contract| &contract.model.title)),
                None => UNKNOWN.to_owned(),
            }
        }
        Value::Name(_) => NONE.to_owned(),
        _ => UNKNOWN.to_owned(),
    }
}

fn contracts(entry: &Entry<'_>) -> String {
    papers::contracts(entry).map_or_else(
        || UNKNOWN.to_owned(),
        |contracts| list(contracts.iter().map(|contract| format!("{} ({})", contract.model.title, contract.model.id))),
    )
}

fn collected_for(entry: &Entry<'_>) -> String {
    match entry.value("context.flow.collected_for") {
        Value::Set(purposes) => list(purposes.iter().map(|purpose| entry.word(TermType::Action, purpose))),
        _ => UNKNOWN.to_owned(),
    }
}

/// The data items, with what they are and how identifiable.
fn items(entry: &Entry<'_>, wanted: impl Fn(Option<bool>) -> bool) -> Vec<String> {
    let items = entry.facts.items.iter().zip(&entry.flow().data).enumerate();
    let wanted = items.filter(|(index, _)| wanted(entry.item_is_personal(*index)));
    wanted
        .map(|(_, (facts, item))| {
            let status = match facts.facts.get("status").map(|fact| &fact.value) {
                Some(Value::Name(status)) => status.as_str(),
                _ => UNKNOWN,
            };
            format!("{}: {}, {status}", item.field, entry.word(TermType::DataClass, &item.class))
        })
        .collect()
}

/// The specially protected kinds of data that the flow sends, by the lists of its own laws and by those that belong to no law.
pub(super) fn special_categories(entry: &Entry<'_>) -> BTreeSet<String> {
    let Value::Set(sent) = entry.value("context.flow.categories.sent") else { return BTreeSet::new() };
    let laws = entry.flow().laws.as_deref();
    let concerns = |category: &&String| {
        let list = category.split('/').next().unwrap_or_default();
        let of_a_law = entry.knowledge.vocabulary.term(TermType::Law, list).is_some();
        !of_a_law || laws.is_none_or(|laws| laws.iter().any(|law| law == list))
    };
    sent.iter().filter(concerns).cloned().collect()
}

fn countries(entry: &Entry<'_>, part: &str) -> String {
    match entry.value(&format!("resource.{part}.bounded")) {
        Value::Bool(true) => entry.says(&format!("resource.{part}.countries")),
        Value::Bool(false) => "not limited".to_owned(),
        _ => UNKNOWN.to_owned(),
    }
}

fn safeguards(register: &Register<'_>, entry: &Entry<'_>) -> String {
    let transfers = transfers::of(entry);
    let laws: BTreeSet<&str> = transfers.iter().map(|transfer| transfer.law).collect();
    let of_law = |law: &&str| {
        let decisions = transfers.iter().filter(|transfer| transfer.law == *law);
        let decisions = decisions.flat_map(|transfer| {
            let found = transfers::adequacy(entry, transfer);
            found.into_iter().map(|group| format!("{}: {group}", transfer.country))
        });
        let mut texts: Vec<String> = decisions.collect();
        texts.extend(transfers::safeguards(entry, &register.workspace.book, law));
        if texts.is_empty() {
            texts.push("none on record".to_owned());
        }
        texts.into_iter().map(|text| format!("{law}: {text}")).collect::<Vec<_>>()
    };
    list(laws.iter().flat_map(of_law))
}

/// The longest clock that the flow sets going.
fn erasure(entry: &Entry<'_>) -> String {
    match (entry.value("resource.retention.bounded"), entry.value("resource.retention.days")) {
        (Value::Bool(true), Value::Long(0)) => "nothing is kept".to_owned(),
        (Value::Bool(true), length) => days(length),
        (Value::Bool(false), _) => "no end".to_owned(),
        _ => UNKNOWN.to_owned(),
    }
}

fn days(value: &Value) -> String {
    match value {
        Value::Long(1) => "1 day".to_owned(),
        Value::Long(number) => format!("{number} days"),
        _ => UNKNOWN.to_owned(),
    }
}

/// What protects the data: controls, treatments, and the certificates of the provider.
fn security(entry: &Entry<'_>) -> Vec<String> {
    let prefix = format!("{}.controls.", Root::Flow.prefix());
    let mut measures = Vec::new();
    for (name, value) in entry.facts_of(Root::Flow) {
        let Some(control) = name.strip_prefix(&prefix).map(|control| control.replace('_', " ")) else { continue };
        match value {
            Value::Bool(false) => {}
            Value::Bool(true) => measures.push(control),
            _ => measures.push(format!("{control}: {}", entry.says(&name))),
        }
    }
    for item in &entry.flow().data {
        let Some(treatment) = &item.treatment else { continue };
        let reversible = or_unknown(treatment.reversible.map(yes_no));
        let holder = treatment.key_holder.as_deref().unwrap_or(UNKNOWN);
        let technique = entry.word(TermType::Technique, &treatment.technique);
        measures.push(format!("{}: {technique}, reversible: {reversible}, key holder: {holder}", item.field));
    }
    measures
        .push(format!("certificates of the provider: {}", entry.says("resource.certificates").replace(" | ", ", ")));
    measures
}

/// The legal bases, law by law. A law that has a list of bases and none declared has none on record.
fn legal_bases(entry: &Entry<'_>) -> String {
    let vocabulary = &entry.knowledge.vocabulary;
    let Some(laws) = &entry.flow().laws else { return UNKNOWN.to_owned() };
    let of_law = |law: &String| match entry.flow().legal_basis.get(law) {
        Some(bases) => {
            let bases: Vec<String> = bases.iter().map(|basis| entry.word(TermType::LegalBasis, basis)).collect();
            Some(format!("{law}: {}", bases.join(", ")))
        }
        None if vocabulary.terms(TermType::LegalBasis).any(|(_, term)| term.law.as_ref() == Some(law)) => {
            Some(format!("{law}: {UNKNOWN}"))
        }
        None => None,
    };
    list(laws.iter().filter_map(of_law))
}
