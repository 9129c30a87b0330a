//! Records of processing activities in terms of the W3C Data Privacy Vocabulary 2.3, as JSON-LD with its context inside.
//!
//! Which term stands for which word is data: `dpv` in the vocabulary, `@dpv` in the catalogue of facts. A thing is an instance of the
//! term of its word, or of the nearest wider one; no term is made up.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use crate::model::{ANY, Root, Status, TermType, UNKNOWN};
use crate::report::Verdict;
use crate::resolve::Value;

use super::entry::{Entry, PROCESSOR, Register};
use super::records::special_categories;
use super::{papers, transfers};

/// The prefix of the terms that are all about people.
const PERSONAL: &str = "pd:";

pub(super) fn json_ld(register: &Register<'_>) -> Result<String, String> {
    let processes: Vec<Json> = register.flows.iter().map(|entry| process(register, entry)).collect();
    let record = json!({
        "@context": {
            "ai": "https://w3id.org/dpv/ai#",
            "dct": "http://purl.org/dc/terms/",
            "dpv": "https://w3id.org/dpv#",
            "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
            "loc": "https://w3id.org/dpv/loc#",
            "pd": "https://w3id.org/dpv/pd#",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "skos": "http://www.w3.org/2004/02/skos/core#",
            "tech": "https://w3id.org/dpv/tech#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@type": "dpv:ROPA",
        "dct:title": "Records of processing activities",
        "dct:date": date(&register.day.to_string()),
        "dct:conformsTo": {"@id": "https://w3id.org/dpv/2.3"},
        "dpv:hasProcess": processes,
    });
    let text = serde_json::to_string_pretty(&record).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

fn process(register: &Register<'_>, entry: &Entry<'_>) -> Json {
    let class = match entry.is_personal() {
        Some(true) => "dpv:PersonalDataProcess",
        Some(false) => "dpv:NonPersonalDataProcess",
        None => "dpv:Process",
    };
    let (personal, other) = data(entry);
    let mut process = Map::new();
    let mut say = |property: &str, things: Vec<Json>| {
        if !things.is_empty() {
            process.insert(property.to_owned(), Json::Array(things));
        }
    };
    say("dpv:hasResponsibleEntity", vec![us(register, entry)]);
    say("dpv:hasDataController", customers(entry));
    say("dpv:hasRecipient", recipients(entry));
    say("dpv:hasPurpose", vec![word(entry, TermType::Action, &entry.flow().purpose, "dpv:Purpose")]);
    say("dpv:hasProcessing", words(entry, "context.flow.operation", TermType::Operation, "dpv:Processing"));
    say("dpv:hasDataSubject", words(entry, "context.flow.subjects.kinds", TermType::SubjectKind, "dpv:DataSubject"));
    say(
        "dpv:hasDataSubjectScale",
        term(entry, "context.flow.subjects.scale").into_iter().map(|id| json!({"@id": id})).collect(),
    );
    say("dpv:hasPersonalData", personal);
    say("dpv:hasData", other);
    say("dpv:hasLegalBasis", words(entry, "context.flow.legal_basis", TermType::LegalBasis, "dpv:LegalBasis"));
    say("dpv:hasApplicableLaw", words(entry, "context.flow.laws", TermType::Law, "dpv:Law"));
    say(
        "dpv:hasLocation",
        vec![
            location(entry, "processing", "dpv:ProcessingLocation"),
            location(entry, "storage", "dpv:StorageLocation"),
        ],
    );
    let abroad: BTreeSet<String> = transfers::of(entry).into_iter().map(|transfer| transfer.country).collect();
    say("dpv:hasThirdCountry", abroad.iter().map(|country| place(entry, country, "dpv:ThirdCountry")).collect());
    say("dpv:hasStorageCondition", vec![json!({"@type": "dpv:StorageDuration", "dpv:hasDuration": duration(entry)})]);
    say("dpv:hasTechnicalOrganisationalMeasure", measures(entry));
    say(
        "dpv:hasAuditStatus",
        vec![json!({
            "@type": audit(entry.result.verdict),
            "rdfs:label": entry.result.verdict.word(),
            "dct:date": date(&entry.day.to_string()),
        })],
    );
    process.insert("@type".into(), json!(class));
    process.insert("dct:identifier".into(), json!(format!("{}/{}", entry.manifest().id, entry.flow().id)));
    process.insert("dct:title".into(), json!(entry.manifest().title));
    Json::Object(process)
}

fn date(day: &str) -> Json {
    json!({"@type": "xsd:date", "@value": day})
}

/// The term for what a fact of the flow says.
fn term<'a>(entry: &'a Entry<'_>, name: &str) -> Option<&'a str> {
    stated(entry, name, entry.value(name))
}

fn stated<'a>(entry: &'a Entry<'_>, name: &str, value: &Value) -> Option<&'a str> {
    let terms = &entry.catalogue.find(name)?.dpv;
    let word = match value {
        Value::Bool(true) => "yes",
        Value::Name(word) => word,
        _ => return None,
    };
    terms.get(word).map(String::as_str)
}

/// A word of the vocabulary as an instance of its term.
fn word(entry: &Entry<'_>, term_type: TermType, word: &str, base: &str) -> Json {
    let vocabulary = &entry.knowledge.vocabulary;
    let class = vocabulary.dpv(term_type, word).unwrap_or(base);
    let term = vocabulary.term(term_type, word);
    let mut node = json!({
        "@type": class,
        "rdfs:label": term.map_or(word, |term| term.title.as_str()),
        "skos:notation": word,
    });
    if let Some(url) = term.and_then(|term| term.url.as_ref()) {
        node["dct:source"] = json!(url);
    }
    node
}

/// The words of a fact; one unknown thing where nobody knows them.
fn words(entry: &Entry<'_>, name: &str, term_type: TermType, base: &str) -> Vec<Json> {
    match entry.value(name) {
        Value::Name(one) => vec![word(entry, term_type, one, base)],
        Value::Set(all) => all.iter().map(|one| word(entry, term_type, one, base)).collect(),
        _ => vec![unknown(base)],
    }
}

fn unknown(base: &str) -> Json {
    json!({"@type": base, "rdfs:label": UNKNOWN})
}

fn us(register: &Register<'_>, entry: &Entry<'_>) -> Json {
    let us = register.organisation();
    let said = |text: Option<&String>| text.map_or(UNKNOWN, String::as_str).to_owned();
    json!({
        "@type": term(entry, "context.flow.organisation.role").unwrap_or("dpv:LegalEntity"),
        "dpv:hasName": said(us.and_then(|us| us.name.as_ref())),
        "dpv:hasContact": [said(us.and_then(|us| us.contact.as_ref())), entry.manifest().owner.clone()],
        "dpv:hasRepresentative": {
            "@type": "dpv:Representative",
            "rdfs:label": said(us.and_then(|us| us.representative.as_ref())),
        },
        "dpv:hasDataProtectionOfficer": {
            "@type": "dpv:DataProtectionOfficer",
            "rdfs:label": said(us.and_then(|us| us.data_protection_officer.as_ref())),
        },
    })
}

/// Those on whose behalf we process.
fn customers(entry: &Entry<'_>) -> Vec<Json> {
    if term(entry, "context.flow.organisation.role") != Some(PROCESSOR) {
        return Vec::new();
    }
    match papers::contracts(entry).filter(|contracts| !contracts.is_empty()) {
        Some(contracts) => contracts
            .iter()
            .map(|contract| {
                json!({
                    "@type": "dpv:DataController",
                    "rdfs:label": format!("party to: {}", contract.model.title),
                    "skos:notation": contract.model.id,
                })
            })
            .collect(),
        None => vec![unknown("dpv:DataController")],
    }
}

fn recipients(entry: &Entry<'_>) -> Vec<Json> {
    let (provider, service) = entry.titles();
    let own = entry.flow().service.split('/').next().unwrap_or_default();
    let mut recipients = vec![json!({
        "@type": term(entry, "resource.role").unwrap_or("dpv:Recipient"),
        "rdfs:label": format!("{provider}, {service}"),
        "skos:notation": own,
    })];
    if let Value::Set(names) = entry.value("resource.recipients.names") {
        let others = names.iter().filter(|name| *name != own);
        recipients.extend(others.map(|name| {
            let title = entry.knowledge.profiles.get(name).map_or(name, |profile| &profile.model.title);
            json!({"@type": "dpv:Recipient", "rdfs:label": title, "skos:notation": name})
        }));
    }
    if entry.value("resource.recipients.bounded") != &Value::Bool(true) {
        recipients.push(unknown("dpv:Recipient"));
    }
    recipients
}

/// The data items: those that are personal or may be, and the others.
fn data(entry: &Entry<'_>) -> (Vec<Json>, Vec<Json>) {
    let vocabulary = &entry.knowledge.vocabulary;
    let special = special_categories(entry);
    let (mut personal, mut other) = (Vec::new(), Vec::new());
    for (index, (facts, item)) in entry.facts.items.iter().zip(&entry.flow().data).enumerate() {
        let known = entry.item_is_personal(index);
        let is_personal = known != Some(false);
        let status = facts.facts.get("status").map_or(&Value::Unknown, |fact| &fact.value);
        let by_status = stated(entry, "principal.status", status);
        let mut classes: BTreeSet<&str> = BTreeSet::new();
        // Terms about people hold only for data about people: what is called anonymous and not proved to be is personal.
        classes.insert(match known {
            Some(true) => "dpv:PersonalData",
            Some(false) => "dpv:NonPersonalData",
            None => "dpv:Data",
        });
        classes.extend(by_status.filter(|_| fits(status, known)));
        classes.extend(
            vocabulary
                .dpv(TermType::DataClass, &item.class)
                .filter(|class| is_personal || !class.starts_with(PERSONAL)),
        );
        if is_personal {
            let of_item = vocabulary.categories(&item.class);
            let terms = special.iter().filter(|category| of_item.contains(*category));
            classes.extend(terms.filter_map(|category| vocabulary.dpv(TermType::SpecialCategory, category)));
        }
        let title = vocabulary.term(TermType::DataClass, &item.class).map_or(item.class.as_str(), |term| &term.title);
        let node = json!({
            "@type": classes,
            "dct:identifier": item.field,
            "rdfs:label": title,
            "skos:notation": item.class,
        });
        if is_personal { personal.push(node) } else { other.push(node) }
    }
    (personal, other)
}

/// Whether the term of a status agrees with whether the item is personal to us. A word in a manifest alone makes no data anonymous.
fn fits(status: &Value, personal: Option<bool>) -> bool {
    let Value::Name(status) = status else { return false };
    let is = |words: &[Status]| words.iter().any(|word| word.word() == status);
    if is(&[Status::Anonymised, Status::NonPersonal]) {
        personal == Some(false)
    } else if is(&[Status::Pseudonymised, Status::ContextuallyAnonymised]) {
        personal == Some(true)
    } else {
        true
    }
}

fn location(entry: &Entry<'_>, part: &str, class: &str) -> Json {
    let bounded = entry.value(&format!("resource.{part}.bounded"));
    let mut node = json!({"@type": class});
    match (bounded, entry.value(&format!("resource.{part}.countries"))) {
        (Value::Bool(true), Value::Set(countries)) => {
            let countries = countries.iter().map(|country| place(entry, country, "dpv:Country"));
            node["dpv:hasCountry"] = countries.collect();
            node["rdfs:label"] = json!(part);
        }
        (Value::Bool(false), _) => node["rdfs:label"] = json!(format!("{part}: not limited")),
        _ => node["rdfs:label"] = json!(format!("{part}: {UNKNOWN}")),
    }
    node
}

/// A country by its term, or by name.
fn place(entry: &Entry<'_>, country: &str, class: &str) -> Json {
    match entry.knowledge.vocabulary.dpv(TermType::Country, country) {
        Some(term) => json!({"@id": term}),
        None => {
            let label = if country == ANY { "not limited" } else { country };
            json!({"@type": class, "rdfs:label": label})
        }
    }
}

fn duration(entry: &Entry<'_>) -> Json {
    match (entry.value("resource.retention.bounded"), entry.value("resource.retention.days")) {
        (Value::Bool(true), Value::Long(days)) => {
            json!({"@type": "dpv:TemporalDuration", "rdfs:label": format!("{days} days")})
        }
        (Value::Bool(false), _) => json!({"@type": "dpv:EndlessDuration", "rdfs:label": "no end"}),
        _ => json!({"@type": "dpv:IndeterminateDuration", "rdfs:label": UNKNOWN}),
    }
}

/// Controls, papers and treatments for which there is a term.
fn measures(entry: &Entry<'_>) -> Vec<Json> {
    let papers = papers::of_entry(entry);
    let mut measures = Vec::new();
    for (root, parts) in [(Root::Flow, ["controls.", "evidence."].as_slice()), (Root::Resource, &["agreement."])] {
        for (name, value) in entry.facts_of(root) {
            let path = &name[root.prefix().len() + 1..];
            let (true, Some(class)) = (parts.iter().any(|part| path.starts_with(part)), stated(entry, &name, value))
            else {
                continue;
            };
            let mut node = json!({"@type": class, "rdfs:label": path.replace(['.', '_'], " ")});
            let recorded = papers.iter().filter(|paper| name.starts_with(&format!("{}.", paper.facts)));
            let references: Vec<&str> = recorded.map(|paper| paper.reference.as_str()).collect();
            if !references.is_empty() {
                node["dct:source"] = json!(references);
            }
            measures.push(node);
        }
    }
    for item in &entry.flow().data {
        if let Some(treatment) = &item.treatment {
            let mut node = word(entry, TermType::Technique, &treatment.technique, "dpv:TechnicalMeasure");
            node["dct:subject"] = json!(item.field);
            measures.push(node);
        }
    }
    measures
}

/// What the verdict is in terms of an audit. A flow whose facts are not known has yet to be looked at.
fn audit(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Permitted => "dpv:AuditApproved",
        Verdict::Conditional => "dpv:AuditConditionallyApproved",
        Verdict::Undetermined => "dpv:AuditRequired",
        Verdict::Refused => "dpv:AuditRejected",
    }
}
