//! Papers on record: of a flow, and of the agreements with its provider.

use serde_json::Value as Json;

use crate::knowledge::Known;
use crate::model::{CustomerContract, Date, Flow, NONE, Paper as Signed, ProviderAgreement, Tree};

use super::entry::Entry;

/// What a paper says of itself; the rest is what it says of its matter.
const OF_ITSELF: [&str; 5] = ["ref", "date", "expires", "sha256", "note"];

/// A paper on record.
#[derive(Debug, Clone)]
pub(super) struct Paper {
    /// Where facts about it stand, such as `context.flow.evidence.dpia`.
    pub(super) facts: String,
    /// Its kind, such as `dpia`.
    pub(super) kind: String,
    /// Its reference.
    pub(super) reference: String,
    /// The first day on which it holds.
    pub(super) date: Option<Date>,
    /// The last.
    pub(super) expires: Option<Date>,
    /// What it says.
    pub(super) says: Vec<String>,
    /// After how many days what it is about must be looked at again.
    pub(super) repeat_days: Option<u32>,
}

impl Paper {
    fn read(facts: &str, kind: &str, paper: &Json) -> Self {
        let text = |key: &str| paper.get(key).and_then(Json::as_str);
        let day = |key: &str| text(key).and_then(|day| day.parse().ok());
        let rest = paper.as_object().into_iter().flatten().filter(|(key, _)| !OF_ITSELF.contains(&key.as_str()));
        let repeat = paper.get("repeat_days").and_then(Json::as_u64).and_then(|days| u32::try_from(days).ok());
        Self {
            facts: format!("{facts}.{kind}"),
            kind: kind.to_owned(),
            reference: text("ref").unwrap_or("without reference").to_owned(),
            date: day("date"),
            expires: day("expires"),
            says: rest.map(|(key, value)| format!("{key}: {}", plain(value))).collect(),
            repeat_days: repeat.filter(|days| *days > 0),
        }
    }

    fn signed(facts: &str, kind: &str, paper: &Signed) -> Self {
        Self {
            facts: format!("{facts}.{kind}"),
            kind: kind.to_owned(),
            reference: paper.reference.clone(),
            date: Some(paper.date),
            expires: paper.expires,
            says: Vec::new(),
            repeat_days: None,
        }
    }

    /// The paper in one line, as of a day.
    pub(super) fn line(&self, day: Date) -> String {
        let mut parts = self.says.clone();
        parts.push(self.date.map_or_else(|| "of unknown date".to_owned(), |date| format!("from {date}")));
        match self.expires {
            Some(expires) if expires < day => parts.push(format!("expired after {expires}")),
            Some(expires) => parts.push(format!("until {expires}")),
            None => parts.push("no end recorded".to_owned()),
        }
        if self.date.is_some_and(|date| day < date) {
            parts.push("not in force yet".to_owned());
        }
        format!("{}: {} ({})", self.kind, self.reference, parts.join("; "))
    }
}

/// The papers of a flow. What is recorded of the data subjects' consents is one of them.
pub(super) fn of_flow(flow: &Flow) -> Vec<Paper> {
    const FACTS: &str = "context.flow.evidence";
    let evidence = flow.evidence.iter().map(|(kind, paper)| Paper::read(FACTS, kind, paper));
    let consents = flow.consents.iter().map(|consent| Paper {
        facts: format!("{FACTS}.consent"),
        kind: "consent".to_owned(),
        reference: consent.reference.clone(),
        date: Some(consent.date),
        expires: consent.expires,
        says: [
            Some(format!("purposes: {}", consent.purposes.join(", "))),
            Some(format!("recipients: {}", consent.recipients.join(", "))),
            consent.withdrawn.map(|day| format!("withdrawn on {day}")),
        ]
        .into_iter()
        .flatten()
        .collect(),
        repeat_days: None,
    });
    evidence.chain(consents).collect()
}

/// The papers of an agreement.
pub(super) fn of_agreement(agreement: &ProviderAgreement) -> Vec<Paper> {
    agreement.papers.iter().map(|(kind, paper)| Paper::read("resource.agreement", kind, paper)).collect()
}

/// The options that an agreement activates.
pub(super) fn of_options(agreement: &ProviderAgreement) -> Vec<Paper> {
    agreement.options.iter().map(|(kind, paper)| Paper::signed("resource.options", kind, paper)).collect()
}

/// Every paper that bears on a flow.
pub(super) fn of_entry(entry: &Entry<'_>) -> Vec<Paper> {
    let mut papers = of_flow(entry.flow());
    let agreements = entry.knowledge.agreements.values();
    for agreement in agreements.filter(|agreement| agreement.model.services.contains(&entry.flow().service)) {
        papers.extend(of_agreement(&agreement.model));
        let used = of_options(&agreement.model).into_iter().filter(|paper| entry.flow().options.contains(&paper.kind));
        papers.extend(used);
    }
    papers
}

/// The contracts with customers that the flow names.
pub(super) fn contracts<'a>(entry: &'a Entry<'_>) -> Option<Vec<&'a Known<CustomerContract>>> {
    let names = entry.flow().contracts.as_ref()?;
    Some(names.iter().filter(|name| *name != NONE).filter_map(|name| entry.knowledge.contracts.get(name)).collect())
}

/// A value without quotes.
fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Bool(answer) => super::entry::yes_no(*answer).to_owned(),
        Json::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// The assessment of a treated item.
pub(super) fn of_item(assessment: &Tree) -> Paper {
    Paper::read("principal", "assessment", &Json::Object(assessment.clone()))
}
