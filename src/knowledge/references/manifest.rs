//! The names in a manifest.

use std::collections::BTreeMap;

use super::{Check, Names};
use crate::document::yaml::escape;
use crate::knowledge::{Knowledge, Known};
use crate::model::{Catalogue, Flow, Manifest, NONE, Status, TermType};
use crate::problem::Problem;

pub(in crate::knowledge) fn manifest(
    knowledge: &Knowledge,
    catalogue: &Catalogue,
    manifest: &Known<Manifest>,
    problems: &mut Vec<Problem>,
) {
    let document = &*manifest.document;
    let mut check = Check { knowledge, catalogue, document, problems };
    check.tree(&manifest.model.organisation, "/organisation", "context.flow.organisation", false);
    check.tree(&manifest.model.controls, "/controls", "context.flow.controls", false);
    let mut lines = BTreeMap::new();
    for (index, flow) in manifest.model.flows.iter().enumerate() {
        let at = format!("/flows/{index}");
        let span = document.node.locate(&format!("{at}/id"));
        let (line, _) = document.file.line_column(span.start);
        if let Some(first) = lines.insert(&flow.id, line) {
            let help = format!("the first one stands in line {first}: give each flow an id of its own");
            check.problem(span, format!("two flows are called `{}`", flow.id), "the second one", help);
        }
        check.flow(flow, &at);
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
        self.contracts(flow.contracts.as_deref().unwrap_or_default(), &format!("{at}/contracts"));
        self.laws(flow.laws.as_deref().unwrap_or_default(), &format!("{at}/laws"));
        self.legal_basis(flow, &format!("{at}/legal_basis"));
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
            if let Some(treatment) = &item.treatment {
                let at = format!("{at}/treatment");
                self.word("Technique", &treatment.technique, &format!("{at}/technique"));
                if let Some(assessment) = &treatment.assessment {
                    self.tree(assessment, &format!("{at}/assessment"), "principal.assessment", false);
                }
            }
            let personal = self.knowledge.vocabulary.class_says(&item.class, |term| term.personal);
            if item.status == Some(Status::NonPersonal) && personal == Some(true) {
                let message = format!("`{}` is personal data by its class `{}`", item.field, item.class);
                let help = "mend the class if it is wrong; else take `status` out, or say what was done to the data";
                self.problem(
                    self.document.node.locate(&format!("{at}/status")),
                    message,
                    "contradicts the class",
                    help,
                );
            }
        }
    }

    fn service(&mut self, flow: &Flow, at: &str) {
        let knowledge = self.knowledge;
        let Some(view) = knowledge.service(&flow.service) else {
            let known = knowledge.services();
            let names = Names::new("service", known.iter().map(String::as_str))
                .help("`tidegate profiles list` shows all; add a profile under --profiles");
            self.one_of(&flow.service, &format!("{at}/service"), names);
            return;
        };
        let names = Names::new("location", view.keys(|service| &service.locations)).of(&flow.service);
        self.one_of(&flow.location, &format!("{at}/location"), names);
        let features = flow.features.as_deref().unwrap_or_default();
        self.features(&view, features, &format!("{at}/features"), &flow.service);
        self.options(&view, &flow.options, &format!("{at}/options"), &flow.service);
    }

    fn contracts(&mut self, names: &[String], at: &str) {
        let knowledge = self.knowledge;
        for (index, name) in self.but_none(names, at, "customer contract") {
            let names = Names::new("customer contract", knowledge.contracts.keys().map(String::as_str))
                .help("record it under contracts/customers, or name the folder with --contracts");
            self.one_of(name, &format!("{at}/{index}"), names);
        }
    }

    fn laws(&mut self, names: &[String], at: &str) {
        for (index, name) in self.but_none(names, at, "law") {
            self.word("Law", name, &format!("{at}/{index}"));
        }
    }

    /// The names of a list but `none`, which stands alone or not at all.
    fn but_none<'n>(&mut self, names: &'n [String], at: &str, noun: &str) -> Vec<(usize, &'n String)> {
        let named: Vec<_> = names.iter().enumerate().filter(|(_, name)| *name != NONE).collect();
        if let Some(none) = names.iter().position(|name| name == NONE).filter(|_| names.len() > 1) {
            let help = format!("take `{NONE}` out, or everything else");
            let span = self.document.node.locate(&format!("{at}/{none}"));
            self.problem(span, format!("`{NONE}` stands beside a {noun}"), "`none` stands alone", help);
        }
        named
    }

    fn legal_basis(&mut self, flow: &Flow, at: &str) {
        let vocabulary = &self.knowledge.vocabulary;
        for (law, bases) in &flow.legal_basis {
            let laws = vocabulary.terms(TermType::Law).map(|(id, _)| id.as_str());
            if !self.key_of(law, at, Names::new("law", laws)) {
                continue;
            }
            for (index, basis) in bases.iter().enumerate() {
                let at = format!("{at}/{}/{index}", escape(law));
                let of = vocabulary.term(TermType::LegalBasis, basis).and_then(|term| term.law.as_ref());
                if let Some(of) = of.filter(|of| *of != law) {
                    let message = format!("`{basis}` is no legal basis of `{law}`");
                    let help = format!("it is one of `{of}`: name it there");
                    self.problem(self.document.node.locate(&at), message, "of another law", help);
                    continue;
                }
                let of_law = vocabulary.terms(TermType::LegalBasis).filter(|(_, term)| term.law.as_ref() == Some(law));
                if of.is_none() {
                    self.one_of(basis, &at, Names::new("legal basis", of_law.map(|(id, _)| id.as_str())).of(law));
                }
            }
        }
    }
}
