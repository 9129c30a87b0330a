//! Third stage: everything known for a run, with every cross-reference resolved.

mod drift;
mod listed;
mod references;
mod vocabulary;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::document::Document;
use crate::model::{Catalogue, CustomerContract, Manifest, ProviderAgreement, ProviderProfile, Service};
use crate::problem::Problem;

pub use drift::Archived;
pub use listed::Listed;
pub use vocabulary::Vocabulary;

/// A document and what it says.
#[derive(Debug)]
pub struct Known<T> {
    /// The document, for positions.
    pub document: Arc<Document>,
    /// Its content.
    pub model: Arc<T>,
}

impl<T> Clone for Known<T> {
    fn clone(&self) -> Self {
        Self { document: Arc::clone(&self.document), model: Arc::clone(&self.model) }
    }
}

/// Vocabulary, profiles, contracts and agreements of a run.
#[derive(Debug, Default)]
pub struct Knowledge {
    /// The words.
    pub vocabulary: Arc<Vocabulary>,
    /// Provider profiles, by provider.
    pub profiles: BTreeMap<String, Known<ProviderProfile>>,
    /// Customer contracts, by id.
    pub contracts: BTreeMap<String, Known<CustomerContract>>,
    /// Provider agreements, by id.
    pub agreements: BTreeMap<String, Known<ProviderAgreement>>,
    /// True when a document with knowledge could not be read: names that lead nowhere may stand in it.
    pub incomplete: bool,
}

impl Knowledge {
    /// Checks every reference inside profiles, contracts and agreements. Faults go to `problems`.
    ///
    /// The binary's own profiles were checked against its own vocabulary when it was tested; they are checked again only with
    /// another vocabulary (`own_words`).
    pub fn check(&self, catalogue: &Catalogue, own_words: bool, problems: &mut Vec<Problem>) {
        for profile in self.profiles.values().filter(|profile| own_words || !profile.document.file.tested) {
            references::profile(self, catalogue, profile, problems);
        }
        for contract in self.contracts.values() {
            references::contract(self, catalogue, contract, problems);
        }
        for agreement in self.agreements.values() {
            references::agreement(self, catalogue, agreement, problems);
        }
    }

    /// Checks every reference of a manifest. Faults go to `problems`.
    pub fn check_manifest(&self, catalogue: &Catalogue, manifest: &Known<Manifest>, problems: &mut Vec<Problem>) {
        references::manifest(self, catalogue, manifest, problems);
    }

    /// A service by its full name `provider/service`, with its base services behind it, nearest first.
    pub fn service(&self, name: &str) -> Option<ServiceView<'_>> {
        let (provider, key) = name.split_once('/')?;
        let profile = self.profiles.get(provider)?;
        let mut layers = Vec::new();
        let mut next = Some(key);
        while let Some(key) = next {
            let service = profile.model.services.get(key)?;
            if layers.iter().any(|(known, _)| known == key) {
                break;
            }
            layers.push((key.to_owned(), service));
            next = service.base.as_deref();
        }
        Some(ServiceView { profile, layers })
    }

    /// The full names of all services, sorted.
    pub fn services(&self) -> Vec<String> {
        self.profiles
            .iter()
            .flat_map(|(id, profile)| profile.model.services.keys().map(move |key| format!("{id}/{key}")))
            .collect()
    }
}

/// A service with the services it inherits from.
#[derive(Debug)]
pub struct ServiceView<'a> {
    /// The profile.
    pub profile: &'a Known<ProviderProfile>,
    /// The service itself, then its base, then the base of that.
    pub layers: Vec<(String, &'a Service)>,
}

impl<'a> ServiceView<'a> {
    /// The first layer that has something, with the pointer to the layer.
    pub fn find<T>(&self, pick: impl Fn(&'a Service) -> Option<T>) -> Option<(String, T)> {
        self.layers.iter().find_map(|(key, service)| {
            pick(service).map(|found| (format!("/services/{}", crate::document::yaml::escape(key)), found))
        })
    }

    /// The fact under a path of the terms such as `training/on_customer_data`: of the service, or of what it inherits from.
    pub fn term(&self, path: &str) -> Option<&'a Value> {
        let found = self.find(|service| {
            let (first, rest) = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
            let value = service.terms.get(first)?;
            rest.map_or(Some(value), |rest| value.pointer(&format!("/{rest}")))
        });
        found.map(|(_, fact)| fact)
    }

    /// The keys that any layer has, sorted.
    pub fn keys<T: 'a>(&self, pick: impl Fn(&'a Service) -> &'a BTreeMap<String, T>) -> Vec<&'a str> {
        let mut keys: Vec<&str> =
            self.layers.iter().flat_map(|(_, service)| pick(service).keys().map(String::as_str)).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}
