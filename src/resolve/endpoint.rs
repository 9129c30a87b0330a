//! The terms in effect: profile, features and options in use, agreement.

use serde_json::Value as Json;

use super::in_use::InUse;
use super::{Absent, Fact, Facts, Origin, Scene, Value, below, paper, places, retention};
use crate::document::yaml::escape;
use crate::knowledge::{Known, ServiceView};
use crate::model::{Date, FactDecl, ProviderAgreement, Root, Tree};

pub(super) fn facts(scene: &Scene<'_>) -> Facts {
    let here = scene.here("service");
    let mut facts = Facts::new();
    let Some(view) = scene.frame.knowledge.service(&scene.flow.service) else {
        return scene.complete(Root::Resource, facts, &here);
    };
    let agreements: Vec<&Known<ProviderAgreement>> = scene
        .frame
        .knowledge
        .agreements
        .values()
        .filter(|agreement| agreement.model.services.contains(&scene.flow.service))
        .collect();
    let in_use = InUse::of(scene, view, &agreements);
    terms(scene, &in_use, &mut facts);
    retention::facts(scene, &in_use, &mut facts);
    places::facts(scene, &in_use, &mut facts);
    papers(scene, &agreements, &mut facts);
    options(scene, &in_use, &mut facts);
    facts.insert("provider".into(), Fact::new(Value::Text(scene.provider().to_owned()), here.clone()));
    let at = service_origin(&in_use.view);
    scene.complete(Root::Resource, facts, &at)
}

fn service_origin(view: &ServiceView<'_>) -> Origin {
    let key = view.layers.first().map_or("", |(key, _)| key);
    Origin::new(&view.profile.document, format!("/services/{}", escape(key)))
}

/// Every term of the catalogue: what features and options in use set, else what the service or its base says.
fn terms(scene: &Scene<'_>, in_use: &InUse<'_>, facts: &mut Facts) {
    let profile = &in_use.view.profile.model;
    let stale = profile.counts_until() < scene.as_of();
    let reviewed = Origin::new(&in_use.view.profile.document, "/reviewed");
    facts.insert("review_overdue".into(), Fact::yes_no(Some(profile.due() < scene.as_of()), reviewed.clone()));
    for (path, decl) in scene.frame.catalogue.of(Root::Resource).filter(|(_, decl)| !decl.computed && !decl.paper) {
        let fact = if stale {
            Some(Fact::unknown(reviewed.clone()))
        } else {
            overlaid(scene, in_use, path, decl).or_else(|| own(scene, in_use, path, decl))
        };
        if let Some(fact) = fact {
            facts.insert(path.clone(), fact);
        }
    }
}

/// What the features and options in use set. Where they disagree, nobody knows.
fn overlaid(scene: &Scene<'_>, in_use: &InUse<'_>, path: &str, decl: &FactDecl) -> Option<Fact> {
    let without = || own(scene, in_use, path, decl).unwrap_or_else(|| Fact::unknown(scene.here("features")));
    // Where nobody has said which features are in use, it may be any of them, or one that sets nothing.
    let used: Vec<&str> = match in_use.features {
        Some(features) => features.iter().map(String::as_str).collect(),
        None => in_use.view.keys(|service| &service.features),
    };
    let mut found: Vec<Fact> = Vec::new();
    for name in &used {
        if let Some((layer, feature)) = in_use.view.find(|service| service.features.get(*name)) {
            let at = format!("{layer}/features/{}/sets", escape(name));
            found.extend(fact(scene, in_use, &feature.sets, path, decl, &at));
        }
    }
    if in_use.features.is_none() && !found.is_empty() {
        found.push(without());
    }
    for (_, at, option) in &in_use.options {
        let Some(set) = fact(scene, in_use, &option.sets, path, decl, &format!("{at}/sets")) else { continue };
        let covered = |feature: &&str| !option.excludes.iter().any(|excluded| excluded == feature);
        // For a feature that the option does not cover, what holds without it goes on.
        if !used.iter().all(covered) {
            found.push(without());
        }
        if used.is_empty() || used.iter().any(covered) {
            found.push(set);
        }
    }
    let first = found.first()?.value.clone();
    let agree = found.iter().all(|fact| fact.value == first);
    let origins: Vec<Origin> = found.into_iter().flat_map(|fact| fact.origins).collect();
    Some(Fact::from_all(if agree { first } else { Value::Unknown }, origins))
}

fn own(scene: &Scene<'_>, in_use: &InUse<'_>, path: &str, decl: &FactDecl) -> Option<Fact> {
    in_use.view.layers.iter().find_map(|(key, service)| {
        fact(scene, in_use, &service.terms, path, decl, &format!("/services/{}/terms", escape(key)))
    })
}

/// One fact of a tree of terms; unknown outside its dates.
fn fact(scene: &Scene<'_>, in_use: &InUse<'_>, tree: &Tree, path: &str, decl: &FactDecl, at: &str) -> Option<Fact> {
    let stated = below(tree, path)?;
    let value = stated.get("value")?;
    let day = |key: &str| -> Option<Date> { stated.get(key).and_then(Json::as_str)?.parse().ok() };
    let holds = day("valid_from").is_none_or(|from| from <= scene.as_of())
        && day("valid_to").is_none_or(|to| scene.as_of() <= to);
    let text = |key: &str| stated.get(key).and_then(Json::as_str).map(str::to_owned);
    let pointer = format!("{at}/{}/value", path.replace('.', "/"));
    let origin = Origin::new(&in_use.view.profile.document, pointer).citing(text("source"), text("confidence"));
    Some(if holds { Fact::new(scene.read(value, &decl.fact_type), origin) } else { Fact::unknown(origin) })
}

/// Which papers are executed with the provider, and what they say.
fn papers(scene: &Scene<'_>, agreements: &[&Known<ProviderAgreement>], facts: &mut Facts) {
    for (path, decl) in scene.frame.catalogue.below("resource.agreement") {
        let Some((name, field)) = path.split_once('.') else { continue };
        let recorded = || agreements.iter().filter_map(|known| Some((known, known.model.papers.get(name)?)));
        let executed = recorded().find(|(_, on_record)| paper::holds(scene, on_record));
        let at = format!("/papers/{}", escape(name));
        let origin = match executed.or_else(|| recorded().next()) {
            Some((agreement, on_record)) => {
                let pointer = format!("/{field}");
                let stated = if on_record.pointer(&pointer).is_some() { &*pointer } else { "" };
                Origin::new(&agreement.document, format!("{at}{stated}"))
            }
            None => match agreements.first() {
                Some(agreement) => Origin::new(&agreement.document, "/papers"),
                None => scene.here("service"),
            },
        };
        let fact = if field == "executed" {
            let nothing = agreements.is_empty() && scene.frame.absent == Absent::Unknown;
            Fact::yes_no(if nothing { None } else { Some(executed.is_some()) }, origin)
        } else {
            let pointer = format!("/{}", field.replace('.', "/"));
            paper::says(scene, executed.map(|(_, on_record)| on_record), &pointer, decl, origin)
        };
        facts.insert(format!("agreement.{path}"), fact);
    }
}

fn options(scene: &Scene<'_>, in_use: &InUse<'_>, facts: &mut Facts) {
    let unrecorded = Value::Set(in_use.unrecorded.iter().cloned().collect());
    let origins = in_use.lapsed.iter().cloned().chain([scene.here("options")]);
    facts.insert("options.unrecorded".into(), Fact::from_all(unrecorded, origins));
    if let Some((layer, location)) = in_use.view.find(|service| service.locations.get(&scene.flow.location)) {
        let missing = location.requires.iter().filter(|option| !scene.flow.options.contains(option)).cloned();
        let required = Origin::new(
            &in_use.view.profile.document,
            format!("{layer}/locations/{}/requires", escape(&scene.flow.location)),
        );
        let fact = Fact::from_all(Value::Set(missing.collect()), [scene.here("location"), required]);
        facts.insert("options.missing_for_location".into(), fact);
    }
}
