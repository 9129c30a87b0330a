//! The days on which something ends or is due: papers, contracts, consents, reviews, exceptions, terms and adequacy decisions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use crate::document::Document;
use crate::knowledge::ServiceView;
use crate::model::{Date, TermType, Tree};

use super::calendar::Event;
use super::entry::{Entry, Register};
use super::papers::{self, Paper};
use super::transfers;

/// Every event, by day. Those that are over stay: a calendar that took an earlier file holds them too.
pub(super) fn events(register: &Register<'_>) -> Vec<Event> {
    let mut events = Events::default();
    for entry in &register.flows {
        events.flow(entry);
        events.terms(entry);
        events.adequacy(entry);
    }
    events.contracts(register);
    events.profiles(register);
    events.gate(register);
    events.sorted()
}

#[derive(Default)]
struct Events(BTreeSet<Event>);

impl Events {
    fn add(
        &mut self,
        day: Date,
        category: &'static str,
        summary: String,
        what: &str,
        document: &Arc<Document>,
        key: String,
    ) {
        let description = format!("{what}\n{}", document.file.path);
        self.0.insert(Event { day, summary, description, category, key });
    }

    /// The end of a paper, and the day on which its matter must be looked at again.
    fn paper(&mut self, paper: &Paper, of: &str, document: &Arc<Document>, key: &str) {
        let name = format!("{} {}", paper.kind.replace('_', " "), paper.reference);
        let key = format!("{key}/{}/{}", paper.kind, paper.reference);
        if let Some(day) = paper.expires {
            let what = "The last day on which it holds. From the next day on it satisfies no rule.";
            self.add(day, "paper", format!("Ends: {name} ({of})"), what, document, key.clone());
        }
        if let (Some(date), Some(days)) = (paper.date, paper.repeat_days) {
            let what = format!("It is to be repeated every {days} days.");
            let summary = format!("Review due: {name} ({of})");
            self.add(date.plus_days(days), "review", summary, &what, document, format!("{key}/repeat"));
        }
    }

    fn flow(&mut self, entry: &Entry<'_>) {
        let document = &entry.facts.manifest.document;
        let of = format!("{} › {}", entry.manifest().id, entry.flow().id);
        let key = format!("flow/{}/{}", entry.manifest().id, entry.flow().id);
        for paper in papers::of_flow(entry.flow()) {
            self.paper(&paper, &of, document, &key);
        }
        for item in &entry.flow().data {
            let assessment = item.treatment.as_ref().and_then(|treatment| treatment.assessment.clone());
            if let Some(paper) = assessment.map(|assessment| papers::of_item(&assessment)) {
                self.paper(&paper, &format!("{of}, {}", item.field), document, &format!("{key}/{}", item.field));
            }
        }
    }

    /// Terms of the service in use that hold only until a day, and times in which other clocks hold.
    fn terms(&mut self, entry: &Entry<'_>) {
        let Some(view) = entry.service() else { return };
        let service = &entry.flow().service;
        let document = &view.profile.document;
        for (path, day) in limited(&view) {
            let what = "The last day on which the term holds. From the next day on it counts as unknown.";
            let key = format!("term/{service}/{path}");
            self.add(day, "term", format!("Ends: {path} of {service}"), what, document, key);
        }
        for deviation in view.layers.iter().flat_map(|(_, service)| &service.deviations) {
            let Some(day) = deviation.to else { continue };
            let what = "The last day on which these clocks hold.";
            let key = format!("deviation/{service}/{}", deviation.title);
            self.add(day, "term", format!("Ends: {} ({service})", deviation.title), what, document, key);
        }
    }

    /// Adequacy decisions with a last day, for the countries to which data go.
    fn adequacy(&mut self, entry: &Entry<'_>) {
        let vocabulary = &entry.knowledge.vocabulary;
        for transfer in transfers::of(entry) {
            let law = vocabulary.term(TermType::Law, transfer.law);
            for group in law.into_iter().flat_map(|law| &law.adequate) {
                let membership = vocabulary.membership(group, &transfer.country, entry.day);
                let day = membership.and_then(|membership| membership.to);
                let (Some(day), Some((document, _))) = (day, vocabulary.place(TermType::CountryGroup, group)) else {
                    continue;
                };
                let country = entry.word(TermType::Country, &transfer.country);
                let what =
                    "The last day on which the country is in the group. Transfers need another basis from then on.";
                let key = format!("adequacy/{group}/{}", transfer.country);
                self.add(day, "adequacy", format!("Ends: adequacy of {country}, {group}"), what, document, key);
            }
        }
    }

    fn contracts(&mut self, register: &Register<'_>) {
        for (id, contract) in &register.workspace.knowledge.contracts {
            let document = &contract.document;
            let title = &contract.model.title;
            if let Some(day) = contract.model.effective.to {
                let what = "The last day on which the contract is in force.";
                self.add(day, "contract", format!("Ends: {title}"), what, document, format!("contract/{id}"));
            }
            for consent in &contract.model.consents {
                let Some(day) = consent.expires else { continue };
                let what = "The last day on which the customer's consent holds.";
                let summary = format!("Ends: consent {} ({title})", consent.reference);
                let key = format!("contract/{id}/consent/{}", consent.reference);
                self.add(day, "consent", summary, what, document, key);
            }
        }
        for (id, agreement) in &register.workspace.knowledge.agreements {
            let papers = papers::of_agreement(&agreement.model).into_iter().chain(papers::of_options(&agreement.model));
            for paper in papers {
                self.paper(&paper, &agreement.model.provider, &agreement.document, &format!("agreement/{id}"));
            }
        }
    }

    /// The reviews of the profiles that flows rest on.
    fn profiles(&mut self, register: &Register<'_>) {
        let used: BTreeMap<_, _> = register
            .flows
            .iter()
            .filter_map(|entry| entry.facts.profile.as_ref())
            .map(|profile| (&profile.model.id, profile))
            .collect();
        for (id, profile) in used {
            let title = &profile.model.title;
            let (due, counts) = (profile.model.due(), profile.model.counts_until());
            let what = "All facts of the profile are to be compared with their sources again.";
            let summary = format!("Review due: profile of {title}");
            self.add(due, "review", summary, what, &profile.document, format!("profile/{id}/due"));
            let what = "The last day on which the profile's facts count. From the next day on they are unknown.";
            let summary = format!("Ends: profile of {title}");
            self.add(counts, "review", summary, what, &profile.document, format!("profile/{id}/counts-until"));
        }
    }

    /// Exceptions, and rules that only advise for a time.
    fn gate(&mut self, register: &Register<'_>) {
        if let Some(exceptions) = &register.workspace.exceptions {
            for exception in &exceptions.model.exceptions {
                let of = format!("{} on {} › {}", exception.rule, exception.integration, exception.flow);
                let what = format!(
                    "The last day on which the exception counts, in the zone of {}. {} answers for it, {} approved it, {}.",
                    exception.expires, exception.owner, exception.approver, exception.ticket
                );
                let summary = format!("Ends: exception {} ({of})", exception.id);
                let key = format!("exception/{}", exception.id);
                self.add(exception.expires.day, "exception", summary, &what, &exceptions.document, key);
            }
        }
        if let Some(config) = &register.workspace.config {
            for enforcement in &config.model.enforcement {
                let Some(day) = enforcement.until else { continue };
                let rules = enforcement.rules.join(", ");
                let what = format!("The last day of the entry: {}", enforcement.reason);
                let key = format!("enforcement/{rules}");
                self.add(day, "enforcement", format!("Ends: enforcement of {rules}"), &what, &config.document, key);
            }
        }
    }

    /// By day. Things of one name are told apart by their order.
    fn sorted(self) -> Vec<Event> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let numbered = self.0.into_iter().map(|mut event| {
            let number = seen.entry(event.key.clone()).or_insert(0);
            *number += 1;
            if *number > 1 {
                event.key = format!("{}#{number}", event.key);
            }
            event
        });
        numbered.collect()
    }
}

/// The terms of a service that have a last day: of its own, of what it inherits from, of features and options.
fn limited(view: &ServiceView<'_>) -> BTreeSet<(String, Date)> {
    let mut found = BTreeSet::new();
    for (_, service) in &view.layers {
        let features = service.features.iter().map(|(name, feature)| (format!("feature {name}: "), &feature.sets));
        let options = service.options.iter().map(|(name, option)| (format!("option {name}: "), &option.sets));
        for (prefix, tree) in features.chain(options).chain([(String::new(), &service.terms)]) {
            last_days(tree, &prefix, &mut found);
        }
    }
    found
}

fn last_days(tree: &Tree, path: &str, found: &mut BTreeSet<(String, Date)>) {
    if let Some(day) = tree.get("valid_to").and_then(Json::as_str).and_then(|day| day.parse().ok()) {
        found.insert((path.to_owned(), day));
    }
    for (key, value) in tree.iter().filter_map(|(key, value)| Some((key, value.as_object()?))) {
        let dot = if path.is_empty() || path.ends_with(' ') { "" } else { "." };
        last_days(value, &format!("{path}{dot}{key}"), found);
    }
}
