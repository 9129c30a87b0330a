//! Cross-references between documents: every name must lead somewhere.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Knowledge, Known, ServiceView};
use crate::document::Document;
use crate::document::yaml::escape;
use crate::model::{
    ANY, Catalogue, CustomerContract, FactType, Flow, Keeps, Manifest, NONE, ProviderAgreement, ProviderProfile,
    Status, TermType, Tree, UNKNOWN,
};
use crate::problem::{Problem, did_you_mean};

/// Checks the names of one document.
struct Check<'a> {
    knowledge: &'a Knowledge,
    catalogue: &'a Catalogue,
    document: &'a Document,
    problems: &'a mut Vec<Problem>,
}

pub(super) fn manifest(
    knowledge: &Knowledge,
    catalogue: &Catalogue,
    manifest: &Known<Manifest>,
    problems: &mut Vec<Problem>,
) {
    let mut check = Check { knowledge, catalogue, document: &manifest.document, problems };
    check.tree(&manifest.model.organisation, "/organisation", "context.flow.organisation", false);
    check.tree(&manifest.model.controls, "/controls", "context.flow.controls", false);
    let mut ids = BTreeSet::new();
    for (index, flow) in manifest.model.flows.iter().enumerate() {
        let at = format!("/flows/{index}");
        if !ids.insert(&flow.id) {
            check.problem(&format!("{at}/id"), format!("two flows are called `{}`", flow.id), "the second one");
        }
        check.flow(flow, &at);
    }
}

pub(super) fn profile(
    knowledge: &Knowledge,
    catalogue: &Catalogue,
    profile: &Known<ProviderProfile>,
    problems: &mut Vec<Problem>,
) {
    let mut check = Check { knowledge, catalogue, document: &profile.document, problems };
    let model = &profile.model;
    for (key, service) in &model.services {
        let at = format!("/services/{}", escape(key));
        if let Some(base) = &service.base {
            check.one_of(base, &format!("{at}/base"), "service of this profile", model.services.keys().map(String::as_str));
        }
        let Some(view) = knowledge.service(&format!("{}/{key}", model.id)) else { continue };
        check.tree(&service.terms, &format!("{at}/terms"), "resource", true);
        check.sources(model, &service.terms, &format!("{at}/terms"));
        for (name, store) in &service.stores {
            let at = format!("{at}/stores/{}", escape(name));
            check.keeps(&store.keeps, &at);
            check.source(model, &store.source, &at);
        }
        for (name, feature) in &service.features {
            let at = format!("{at}/features/{}", escape(name));
            for (index, store) in feature.stores.iter().enumerate() {
                check.one_of(store, &format!("{at}/stores/{index}"), "store", view.keys(|service| &service.stores));
            }
            check.tree(&feature.sets, &format!("{at}/sets"), "resource", true);
            check.sources(model, &feature.sets, &format!("{at}/sets"));
        }
        for (name, location) in &service.locations {
            let at = format!("{at}/locations/{}", escape(name));
            for (part, places) in
                [("processing", &location.processing), ("storage", &location.storage), ("access", &location.access)]
            {
                let at = format!("{at}/{part}");
                for (index, country) in places.countries.iter().enumerate() {
                    if country != ANY && country != UNKNOWN {
                        check.word("Country", country, &format!("{at}/countries/{index}"));
                    }
                }
                match &places.source {
                    Some(source) => check.source(model, source, &at),
                    None if places.countries.iter().any(|country| country == UNKNOWN) => {}
                    None => check.problem(&at, "places without a source".to_owned(), "`source` is missing here"),
                }
            }
            check.features_and_options(&view, &at, &location.excludes, "excludes", &location.requires);
        }
        for (name, option) in &service.options {
            let at = format!("{at}/options/{}", escape(name));
            check.source(model, &option.source, &at);
            check.tree(&option.sets, &format!("{at}/sets"), "resource", true);
            check.sources(model, &option.sets, &format!("{at}/sets"));
            for (store, clock) in &option.stores {
                let at = format!("{at}/stores/{}", escape(store));
                check.one_of_key(store, &at, "store", view.keys(|service| &service.stores));
                check.keeps(&clock.keeps, &at);
                check.source(model, &clock.source, &at);
            }
            check.features_and_options(&view, &at, &option.excludes, "excludes", &[]);
        }
    }
}

pub(super) fn contract(
    knowledge: &Knowledge,
    catalogue: &Catalogue,
    contract: &Known<CustomerContract>,
    problems: &mut Vec<Problem>,
) {
    let mut check = Check { knowledge, catalogue, document: &contract.document, problems };
    let model = &contract.model;
    check.tree(&model.clauses, "/clauses", "context.contract", false);
    check.words("DataClass", model.covers.iter().flatten(), "/covers");
    for (index, consent) in model.consents.iter().enumerate() {
        check.words("Action", &consent.purposes, &format!("/consents/{index}/purposes"));
    }
}

pub(super) fn agreement(knowledge: &Knowledge, agreement: &Known<ProviderAgreement>, problems: &mut Vec<Problem>) {
    let catalogue = Catalogue::default();
    let mut check = Check { knowledge, catalogue: &catalogue, document: &agreement.document, problems };
    let model = &agreement.model;
    let known = knowledge.services();
    let mut options = BTreeSet::new();
    for (index, service) in model.services.iter().enumerate() {
        let at = format!("/services/{index}");
        match knowledge.service(service) {
            Some(view) => options.extend(view.keys(|service| &service.options)),
            None => {
                check.one_of(service, &at, "service", known.iter().map(String::as_str));
            }
        }
        if !service.starts_with(&format!("{}/", model.provider)) {
            check.problem(&at, format!("`{service}` is not a service of `{}`", model.provider), "of another provider");
        }
    }
    for option in model.options.keys() {
        check.one_of_key(option, &format!("/options/{}", escape(option)), "option of these services", options.iter().copied());
    }
}

impl Check<'_> {
    fn flow(&mut self, flow: &Flow, at: &str) {
        self.word("Action", &flow.purpose, &format!("{at}/purpose"));
        self.words("Action", flow.collected_for.iter().flatten(), &format!("{at}/collected_for"));
        if let Some(operation) = &flow.operation {
            self.word("Operation", operation, &format!("{at}/operation"));
        }
        self.service(flow, at);
        self.names_or_none(flow.contracts.as_deref(), &format!("{at}/contracts"), "customer contract");
        self.names_or_none(flow.laws.as_deref(), &format!("{at}/laws"), "law");
        self.legal_basis(flow, at);
        for (field, tree) in [
            ("subjects", &flow.subjects),
            ("end_users", &flow.end_users),
            ("decisions", &flow.decisions),
            ("necessity", &flow.necessity),
            ("evidence", &flow.evidence),
        ] {
            self.tree(tree, &format!("{at}/{field}"), &format!("context.flow.{field}"), false);
        }
        for (index, consent) in flow.consents.iter().enumerate() {
            self.words("Action", &consent.purposes, &format!("{at}/consents/{index}/purposes"));
        }
        for (index, item) in flow.data.iter().enumerate() {
            let at = format!("{at}/data/{index}");
            self.word("DataClass", &item.class, &format!("{at}/class"));
            let personal = self.knowledge.vocabulary.class_says(&item.class, |term| term.personal);
            if item.status == Some(Status::NonPersonal) && personal == Some(true) {
                let message = format!("`{}` is personal data by its class `{}`", item.field, item.class);
                self.problem(&format!("{at}/status"), message, "contradicts the class");
            }
        }
    }

    fn service(&mut self, flow: &Flow, at: &str) {
        let knowledge = self.knowledge;
        let Some(view) = knowledge.service(&flow.service) else {
            let known = knowledge.services();
            self.one_of(&flow.service, &format!("{at}/service"), "service", known.iter().map(String::as_str));
            return;
        };
        let known = view.keys(|service| &service.locations);
        self.one_of(&flow.location, &format!("{at}/location"), &format!("location of {}", flow.service), known);
        let features = flow.features.as_deref().unwrap_or_default();
        self.features_and_options(&view, at, features, "features", &[]);
        for (index, option) in flow.options.iter().enumerate() {
            let known = view.keys(|service| &service.options);
            self.one_of(option, &format!("{at}/options/{index}"), &format!("option of {}", flow.service), known);
        }
    }

    fn features_and_options(
        &mut self,
        view: &ServiceView<'_>,
        at: &str,
        features: &[String],
        field: &str,
        requires: &[String],
    ) {
        for (index, feature) in features.iter().enumerate() {
            self.one_of(feature, &format!("{at}/{field}/{index}"), "feature of this service", view.keys(|service| &service.features));
        }
        for (index, option) in requires.iter().enumerate() {
            self.one_of(option, &format!("{at}/requires/{index}"), "option of this service", view.keys(|service| &service.options));
        }
    }

    /// Contracts or laws: known names, or `[none]` alone.
    fn names_or_none(&mut self, names: Option<&[String]>, at: &str, noun: &str) {
        let names = names.unwrap_or_default();
        if names.len() > 1 && names.iter().any(|name| name == NONE) {
            self.problem(at, format!("`{NONE}` stands beside a {noun}"), "`none` stands alone");
            return;
        }
        for (index, name) in names.iter().enumerate().filter(|(_, name)| *name != NONE) {
            let at = format!("{at}/{index}");
            if noun == "law" {
                self.word("Law", name, &at);
            } else {
                let known = self.knowledge.contracts.keys().map(String::as_str);
                if !self.one_of(name, &at, noun, known)
                    && let Some(problem) = self.problems.last_mut()
                    && problem.help.is_none()
                {
                    problem.help = Some("record it under contracts/customers, or name the folder with --contracts".to_owned());
                }
            }
        }
    }

    fn legal_basis(&mut self, flow: &Flow, at: &str) {
        for (law, bases) in &flow.legal_basis {
            let at = format!("{at}/legal_basis/{}", escape(law));
            self.word("Law", law, &at);
            for (index, basis) in bases.iter().enumerate() {
                let at = format!("{at}/{index}");
                self.word("LegalBasis", basis, &at);
                let of = self.knowledge.vocabulary.term(TermType::LegalBasis, basis).and_then(|term| term.law.as_ref());
                if of.is_some_and(|of| of != law) {
                    self.problem(&at, format!("`{basis}` is no legal basis of `{law}`"), "of another law");
                }
            }
        }
    }

    /// Walks a tree whose shape the catalogue decides, and checks its words.
    fn tree(&mut self, tree: &Tree, at: &str, prefix: &str, sourced: bool) {
        let catalogue = self.catalogue;
        for (path, decl) in catalogue.below(prefix) {
            let (FactType::Name(kind) | FactType::Names(kind)) = &decl.fact_type else { continue };
            if catalogue.lists.contains_key(kind) {
                continue;
            }
            let mut pointer: String = path.split('.').map(|step| format!("/{}", escape(step))).collect();
            if sourced {
                pointer.push_str("/value");
            }
            match lookup(tree, &pointer) {
                Some(Value::String(word)) if word != UNKNOWN => self.word(kind, word, &format!("{at}{pointer}")),
                Some(Value::Array(words)) => {
                    for (index, word) in words.iter().enumerate().filter_map(|(index, word)| Some((index, word.as_str()?))) {
                        self.word(kind, word, &format!("{at}{pointer}/{index}"));
                    }
                }
                _ => {}
            }
        }
    }

    /// Every fact of the terms names a source, unless it is unknown.
    fn sources(&mut self, profile: &ProviderProfile, tree: &Tree, at: &str) {
        let catalogue = self.catalogue;
        for (path, _) in catalogue.below("resource") {
            let pointer: String = path.split('.').map(|step| format!("/{}", escape(step))).collect();
            let Some(fact) = lookup(tree, &pointer) else { continue };
            let at = format!("{at}{pointer}");
            match fact["source"].as_str() {
                Some(source) => self.source(profile, source, &at),
                None if fact["value"] == UNKNOWN => {}
                None => {
                    let problem = self
                        .document
                        .problem_at_key(&at, format!("the fact `{path}` has no source"), "`source` is missing here")
                        .help("name one of the profile's sources, or write `value: unknown`");
                    self.problems.push(problem);
                }
            }
        }
    }

    fn source(&mut self, profile: &ProviderProfile, source: &str, at: &str) {
        self.one_of(source, &format!("{at}/source"), "source of this profile", profile.sources.keys().map(String::as_str));
    }

    fn keeps(&mut self, keeps: &str, at: &str) {
        if let Err(message) = keeps.parse::<Keeps>() {
            self.problem(&format!("{at}/keeps"), message, "too long or malformed");
        }
    }

    fn words<'w>(&mut self, kind: &str, words: impl IntoIterator<Item = &'w String>, at: &str) {
        for (index, word) in words.into_iter().enumerate() {
            self.word(kind, word, &format!("{at}/{index}"));
        }
    }

    /// A word of the vocabulary; a country may be a group.
    fn word(&mut self, kind: &str, word: &str, at: &str) {
        let vocabulary = &self.knowledge.vocabulary;
        let Some(term_type) = vocabulary.term_type(kind) else { return };
        let group = term_type == TermType::Country && vocabulary.term(TermType::CountryGroup, word).is_some();
        if !group && vocabulary.term(term_type, word).is_none() {
            let known: Vec<&str> = vocabulary.terms(term_type).map(|(id, _)| id.as_str()).collect();
            self.one_of(word, at, TermType::noun(kind), known);
        }
    }

    fn one_of<'k>(&mut self, word: &str, at: &str, noun: &str, known: impl IntoIterator<Item = &'k str>) -> bool {
        let known: Vec<&str> = known.into_iter().collect();
        if known.contains(&word) {
            return true;
        }
        // It may stand in a document that could not be read; that problem is shown.
        if self.knowledge.incomplete {
            return true;
        }
        let problem = self.document.problem(at, format!("unknown {noun} `{word}`"), format!("no such {noun}"));
        self.problems.push(suggest(problem, word, &known));
        false
    }

    fn one_of_key<'k>(&mut self, word: &str, at: &str, noun: &str, known: impl IntoIterator<Item = &'k str>) {
        let known: Vec<&str> = known.into_iter().collect();
        if !known.contains(&word) {
            let problem = self.document.problem_at_key(at, format!("unknown {noun} `{word}`"), format!("no such {noun}"));
            self.problems.push(suggest(problem, word, &known));
        }
    }

    fn problem(&mut self, at: &str, message: String, label: &str) {
        self.problems.push(self.document.problem(at, message, label));
    }
}

fn suggest(problem: Problem, word: &str, known: &[&str]) -> Problem {
    match did_you_mean(word, known.iter().copied()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None if !known.is_empty() && known.len() <= 24 => problem.help(format!("known: {}", known.join(", "))),
        None => problem,
    }
}

/// The value under a pointer of a tree.
fn lookup<'t>(tree: &'t Tree, pointer: &str) -> Option<&'t Value> {
    let rest = pointer.strip_prefix('/')?;
    let (first, rest) = rest.split_once('/').map_or((rest, ""), |(first, rest)| (first, rest));
    let value = tree.get(first)?;
    if rest.is_empty() { Some(value) } else { value.pointer(&format!("/{rest}")) }
}
