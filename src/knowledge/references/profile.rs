//! The names in a provider profile.

use super::{Check, Names, lookup, pointer};
use crate::document::yaml::escape;
use crate::knowledge::{Knowledge, Known, ServiceView};
use crate::model::{ANY, Catalogue, Keeps, Location, OptionTerms, Places, ProviderProfile, Service, Tree, UNKNOWN};
use crate::problem::Problem;

pub(in crate::knowledge) fn profile(
    knowledge: &Knowledge,
    catalogue: &Catalogue,
    profile: &Known<ProviderProfile>,
    problems: &mut Vec<Problem>,
) {
    let mut check = Check { knowledge, catalogue, document: &profile.document, problems };
    let model = &*profile.model;
    for (index, traces) in model.traces.iter().enumerate() {
        for (service, name) in traces.services.iter().enumerate() {
            let names = Names::new("service", model.services.keys().map(String::as_str)).of(&model.id);
            check.one_of(name, &format!("/traces/{index}/services/{service}"), names);
        }
    }
    for (key, service) in &model.services {
        let at = format!("/services/{}", escape(key));
        check.base(model, key, service, &format!("{at}/base"));
        let Some(view) = knowledge.service(&format!("{}/{key}", model.id)) else { continue };
        check.facts(model, &service.terms, &format!("{at}/terms"));
        for (name, store) in &service.stores {
            let at = format!("{at}/stores/{}", escape(name));
            check.keeps(&store.keeps, &at);
            check.source(model, &store.source, &at);
        }
        for (index, deviation) in service.deviations.iter().enumerate() {
            let at = format!("{at}/deviations/{index}");
            check.keeps(&deviation.keeps, &at);
            check.source(model, &deviation.source, &at);
            // A store of the base has the clock of the base, and its deviations.
            for (index, store) in deviation.stores.iter().enumerate() {
                let names = Names::new("store", service.stores.keys().map(String::as_str)).of(key);
                check.one_of(store, &format!("{at}/stores/{index}"), names);
            }
        }
        for (name, feature) in &service.features {
            let at = format!("{at}/features/{}", escape(name));
            for (index, store) in feature.stores.iter().enumerate() {
                let names = Names::new("store", view.keys(|service| &service.stores)).of(key);
                check.one_of(store, &format!("{at}/stores/{index}"), names);
            }
            check.facts(model, &feature.sets, &format!("{at}/sets"));
        }
        for (name, location) in &service.locations {
            check.location(model, &view, key, location, &format!("{at}/locations/{}", escape(name)));
        }
        for (name, option) in &service.options {
            check.option(model, &view, key, option, &format!("{at}/options/{}", escape(name)));
        }
    }
}

impl Check<'_> {
    /// A service's base must be another service of the profile, and lead to no circle.
    fn base(&mut self, profile: &ProviderProfile, key: &str, service: &Service, at: &str) {
        let Some(base) = &service.base else { return };
        let names = Names::new("service", profile.services.keys().map(String::as_str)).of(&profile.id);
        if !self.one_of(base, at, names) {
            return;
        }
        let mut seen = vec![key];
        let mut next = Some(base);
        while let Some(base) = next.filter(|base| !seen.contains(&base.as_str())) {
            seen.push(base);
            next = profile.services.get(base).and_then(|service| service.base.as_ref());
        }
        // Once for the circle, not for each of its services.
        if next.is_some_and(|base| base == key) && seen.iter().all(|other| key <= *other) {
            let message = format!("the service `{key}` is a base of itself: {}", seen.join(" → "));
            let help = "take one `base` of the circle out";
            self.problem(self.document.node.locate(at), message, "leads back", help);
        }
    }

    fn location(
        &mut self,
        profile: &ProviderProfile,
        view: &ServiceView<'_>,
        key: &str,
        location: &Location,
        at: &str,
    ) {
        for (part, places) in
            [("processing", &location.processing), ("storage", &location.storage), ("access", &location.access)]
        {
            self.places(profile, places, part, &format!("{at}/{part}"));
        }
        self.features(view, &location.excludes, &format!("{at}/excludes"), key);
        self.options(view, &location.requires, &format!("{at}/requires"), key);
    }

    fn places(&mut self, profile: &ProviderProfile, places: &Places, part: &str, at: &str) {
        for (index, country) in places.countries.iter().enumerate() {
            if country != ANY && country != UNKNOWN {
                self.word("Country", country, &format!("{at}/countries/{index}"));
            }
        }
        match &places.source {
            Some(source) => self.source(profile, source, at),
            None if places.countries.iter().any(|country| country == UNKNOWN) => {}
            None => {
                let message = format!("the places of `{part}` have no source");
                let help = "name one of the profile's sources, or write `countries: [unknown]`";
                self.problem(self.key(at), message, "`source` is missing here", help);
            }
        }
    }

    fn option(&mut self, profile: &ProviderProfile, view: &ServiceView<'_>, key: &str, option: &OptionTerms, at: &str) {
        self.source(profile, &option.source, at);
        self.facts(profile, &option.sets, &format!("{at}/sets"));
        for (store, clock) in &option.stores {
            let names = Names::new("store", view.keys(|service| &service.stores)).of(key);
            self.key_of(store, &format!("{at}/stores"), names);
            let at = format!("{at}/stores/{}", escape(store));
            self.keeps(&clock.keeps, &at);
            self.source(profile, &clock.source, &at);
        }
        self.features(view, &option.excludes, &format!("{at}/excludes"), key);
    }

    /// Every fact of the terms has known words and names a source, unless it is unknown.
    fn facts(&mut self, profile: &ProviderProfile, tree: &Tree, at: &str) {
        self.tree(tree, at, "resource", true);
        let catalogue = self.catalogue;
        for (path, _) in catalogue.below("resource") {
            let pointer = pointer(path);
            let Some(fact) = lookup(tree, &pointer) else { continue };
            let at = format!("{at}{pointer}");
            match fact["source"].as_str() {
                Some(source) => self.source(profile, source, &at),
                None if fact["value"] == UNKNOWN => {}
                None => {
                    let help = "name one of the profile's sources, or write `value: unknown`";
                    let message = format!("the fact `{path}` has no source");
                    self.problem(self.key(&at), message, "`source` is missing here", help);
                }
            }
        }
    }

    fn source(&mut self, profile: &ProviderProfile, source: &str, at: &str) {
        let names = Names::new("source", profile.sources.keys().map(String::as_str))
            .help("describe it under `sources`, with its title and address");
        self.one_of(source, &format!("{at}/source"), names);
    }

    fn keeps(&mut self, keeps: &str, at: &str) {
        if keeps.parse::<Keeps>().is_err() {
            let message = format!("`{keeps}` is longer than Tidegate counts");
            let help = "write the time that the terms state; `until deleted` when they set no end";
            self.problem(self.document.node.locate(&format!("{at}/keeps")), message, "too long", help);
        }
    }
}
