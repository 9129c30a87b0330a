//! What a dossier is made of: the result, and what the documents behind it say beyond the result.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::super::service::{Section, sections};
use crate::knowledge::{Knowledge, Known};
use crate::model::{Catalogue, Date, Flow, Manifest, NONE, ProviderAgreement, Tree};
use crate::report::{FlowResult, Report, Status};

/// Everything that a dossier tells.
#[derive(Debug)]
pub struct Dossier<'a> {
    /// The result.
    pub report: &'a Report,
    /// What the manifests and agreements say of each flow of the result, in its order.
    pub backgrounds: Vec<Background>,
    /// The services that the flows use, by name.
    pub sheets: Vec<Sheet>,
    /// The files of the bundle, each with its SHA-256 in hexadecimal digits; empty where there is no bundle.
    pub digests: &'a BTreeMap<String, String>,
    /// Who has signed the bundle.
    pub signers: &'a [Signer],
    /// When the dossier is written: RFC 3339, passed in.
    pub exported: &'a str,
}

/// What the documents say of a flow beyond the result.
#[derive(Debug, Clone, Default)]
pub struct Background {
    /// Who answers for the integration.
    pub owner: String,
    /// Where it runs.
    pub environment: String,
    /// What the model does.
    pub operation: String,
    /// The data items in words.
    pub data: Vec<String>,
    /// The papers on record.
    pub papers: Vec<PaperRecord>,
}

/// A paper on record.
#[derive(Debug, Clone)]
pub struct PaperRecord {
    /// What it is, and of whom.
    pub what: String,
    /// Its reference.
    pub reference: String,
    /// Its first day.
    pub date: Option<Date>,
    /// Its last day.
    pub expires: Option<Date>,
    /// SHA-256 of the document.
    pub sha256: Option<String>,
}

/// A recorded signature.
#[derive(Debug, Clone)]
pub struct Signer {
    /// The key.
    pub key_id: String,
    /// Whom the key belongs to, or how the signature was checked.
    pub note: String,
}

/// What is known of a service.
#[derive(Debug)]
pub struct Sheet {
    /// Its full name.
    pub service: String,
    /// Its title.
    pub title: String,
    /// The provider's title.
    pub provider: String,
    /// The file that says it.
    pub file: String,
    /// The day of the last review.
    pub reviewed: Date,
    /// The day on which the next one is due.
    pub due: Date,
    /// The last day on which the facts count.
    pub counts_until: Date,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// Terms, stores, locations and the rest.
    pub sections: Vec<Section>,
    /// The sources that are cited.
    pub sources: Vec<SourceRecord>,
}

/// A source of a fact sheet.
#[derive(Debug, Clone)]
pub struct SourceRecord {
    /// How the facts cite it.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its date.
    pub dated: Option<Date>,
    /// How the text was read.
    pub confidence: &'static str,
    /// What limits it.
    pub note: Option<String>,
}

/// What the facts are called that stand in agreements with providers.
const AGREEMENT: &str = "resource.agreement";

impl<'a> Dossier<'a> {
    /// Gathers what the documents of a run say of the flows of its result.
    pub fn new(
        report: &'a Report,
        (knowledge, catalogue): (&Knowledge, &Catalogue),
        manifests: &[Known<Manifest>],
        (digests, signers): (&'a BTreeMap<String, String>, &'a [Signer]),
        exported: &'a str,
    ) -> Self {
        let services: BTreeSet<&str> = report.flows.iter().map(|flow| flow.service.as_str()).collect();
        Self {
            report,
            backgrounds: report.flows.iter().map(|flow| Background::of(flow, knowledge, manifests)).collect(),
            sheets: services.into_iter().filter_map(|name| Sheet::of(name, knowledge, catalogue)).collect(),
            digests,
            signers,
            exported,
        }
    }
}

impl Background {
    fn of(result: &FlowResult, knowledge: &Knowledge, manifests: &[Known<Manifest>]) -> Self {
        let manifest = manifests.iter().map(|known| &known.model).find(|manifest| manifest.id == result.integration);
        let Some(manifest) = manifest else { return Self::default() };
        let Some(flow) = manifest.flows.iter().find(|flow| flow.id == result.flow) else { return Self::default() };
        let data = flow.data.iter().map(|item| {
            let treated = item.treatment.as_ref().map(|treatment| treatment.technique.as_str());
            let about = [Some(item.class.as_str()), item.status.map(crate::model::Status::word), treated];
            format!("{} ({})", item.field, about.into_iter().flatten().collect::<Vec<_>>().join(", "))
        });
        Self {
            owner: manifest.owner.clone(),
            environment: manifest.environment.clone().unwrap_or_default(),
            operation: flow.operation.clone().unwrap_or_default(),
            data: data.collect(),
            papers: papers(result, flow, knowledge),
        }
    }
}

/// The papers of a flow: its own, the customers', and those signed with the provider.
fn papers(result: &FlowResult, flow: &Flow, knowledge: &Knowledge) -> Vec<PaperRecord> {
    let mut found = Vec::new();
    of_tree(&mut found, "", &flow.evidence, |_| true);
    // Of what is signed with a provider, only what the rules read that apply to the flow.
    let applying = result.rules.iter().filter(|rule| rule.status != Status::NotApplicable);
    let read: BTreeSet<&str> = applying.flat_map(|rule| &rule.facts).map(|fact| fact.name.as_str()).collect();
    let is_read = |name: &str| {
        let facts = format!("{AGREEMENT}.{name}.");
        read.is_empty() || read.iter().any(|fact| fact.starts_with(&facts))
    };
    for item in &flow.data {
        let assessment = item.treatment.as_ref().and_then(|treatment| treatment.assessment.as_ref());
        found.extend(assessment.map(|paper| record(format!("assessment of {}", item.field), |key| paper.get(key))));
    }
    found.extend(flow.consents.iter().map(|consent| PaperRecord {
        what: match consent.withdrawn {
            None => "consent of data subjects".to_owned(),
            Some(day) => format!("consent of data subjects, withdrawn {day}"),
        },
        reference: consent.reference.clone(),
        date: Some(consent.date),
        expires: consent.withdrawn.or(consent.expires),
        sha256: None,
    }));
    for id in flow.contracts.iter().flatten().filter(|id| *id != NONE) {
        let Some(contract) = knowledge.contracts.get(id).map(|known| &known.model) else { continue };
        found.push(PaperRecord {
            what: format!("customer contract {id}"),
            reference: contract.title.clone(),
            date: Some(contract.effective.from),
            expires: contract.effective.to,
            sha256: None,
        });
        found.extend(contract.consents.iter().map(|consent| PaperRecord {
            what: format!("customer's consent under {id}"),
            reference: consent.reference.clone(),
            date: Some(consent.date),
            expires: consent.expires,
            sha256: consent.sha256.clone(),
        }));
    }
    let covers = |agreement: &&ProviderAgreement| agreement.services.contains(&flow.service);
    for agreement in knowledge.agreements.values().map(|known| &*known.model).filter(covers) {
        of_tree(&mut found, &format!(" with {}", agreement.provider), &agreement.papers, is_read);
        for name in &flow.options {
            found.extend(agreement.options.get(name).map(|paper| PaperRecord {
                what: format!("option {name} with {}", agreement.provider),
                reference: paper.reference.clone(),
                date: Some(paper.date),
                expires: paper.expires,
                sha256: paper.sha256.clone(),
            }));
        }
    }
    found
}

fn of_tree(found: &mut Vec<PaperRecord>, with: &str, papers: &Tree, wanted: impl Fn(&str) -> bool) {
    found.extend(
        papers
            .iter()
            .filter(|(name, _)| wanted(name))
            .map(|(name, paper)| record(format!("{}{with}", name.replace('_', " ")), |key| paper.get(key))),
    );
}

fn record<'a>(what: String, get: impl Fn(&str) -> Option<&'a Json>) -> PaperRecord {
    let text = |key: &str| get(key).and_then(Json::as_str);
    let day = |key: &str| text(key).and_then(|day| day.parse().ok());
    PaperRecord {
        what,
        reference: text("ref").unwrap_or_default().to_owned(),
        date: day("date"),
        expires: day("expires"),
        sha256: text("sha256").map(str::to_owned),
    }
}

impl Sheet {
    fn of(name: &str, knowledge: &Knowledge, catalogue: &Catalogue) -> Option<Self> {
        let view = knowledge.service(name)?;
        let profile = &view.profile.model;
        let sections = sections(&view, catalogue);
        let cited: BTreeSet<&str> = sections
            .iter()
            .flat_map(|section| &section.rows)
            .flat_map(|row| &row.sources)
            .map(String::as_str)
            .collect();
        let sources = profile.sources.iter().filter(|(key, _)| cited.contains(key.as_str()));
        let note = view.find(|service| service.note.as_ref()).map(|(_, note)| note);
        Some(Self {
            service: name.to_owned(),
            title: view.layers.first().map_or_else(String::new, |(_, service)| service.title.clone()),
            provider: profile.title.clone(),
            file: view.profile.document.file.path.clone(),
            reviewed: profile.reviewed,
            due: profile.due(),
            counts_until: profile.counts_until(),
            notes: profile.note.iter().chain(note).cloned().collect(),
            sources: sources
                .map(|(key, source)| SourceRecord {
                    key: key.clone(),
                    title: source.title.clone(),
                    url: source.url.clone(),
                    dated: source.dated,
                    confidence: source.confidence.map_or("", |confidence| confidence.word()),
                    note: source.note.clone(),
                })
                .collect(),
            sections,
        })
    }
}
