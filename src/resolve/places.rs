//! Places: sets of countries, or unlimited; and groups of countries.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::fact::and;
use super::in_use::InUse;
use super::{Fact, Facts, Origin, Scene, Value};
use crate::document::yaml::escape;
use crate::knowledge::Vocabulary;
use crate::model::{ANY, Catalogue, Date, Location, Places, Root, TermType, UNKNOWN};

/// Groups of countries: `eea` is the group `EEA` of the vocabulary on the day of the decision, and so on.
pub(super) fn groups(vocabulary: &Vocabulary, catalogue: &Catalogue, as_of: Date) -> Facts {
    let group = |path: &String| {
        let id = path.to_uppercase().replace('_', "-");
        let (document, pointer) = vocabulary.place(TermType::CountryGroup, &id)?;
        let countries = Value::Set(vocabulary.countries([&id], as_of));
        Some((path.clone(), Fact::new(countries, Origin::new(document, pointer))))
    };
    catalogue.of(Root::Places).filter_map(|(path, _)| group(path)).collect()
}

/// The groups of countries; one that no vocabulary gives is unknown.
pub(super) fn of(scene: &Scene<'_>) -> Arc<Facts> {
    let groups = &scene.frame.groups;
    if groups.len() == scene.frame.catalogue.of(Root::Places).count() {
        return Arc::clone(groups);
    }
    Arc::new(scene.complete(Root::Places, groups.as_ref().clone(), &scene.here("location")))
}

pub(super) fn facts(scene: &Scene<'_>, in_use: &InUse<'_>, facts: &mut Facts) {
    let Some((layer, location)) = in_use.view.find(|service| service.locations.get(&scene.flow.location)) else {
        return;
    };
    let at = format!("{layer}/locations/{}", escape(&scene.flow.location));
    let document = &in_use.view.profile.document;
    let uncovered = uncovered(in_use, location);
    let mut parts: Vec<(Option<bool>, Vec<Origin>)> = Vec::new();
    let mut everywhere = BTreeSet::new();
    for (part, places) in
        [("processing", &location.processing), ("storage", &location.storage), ("access", &location.access)]
    {
        let stated = Origin::new(document, format!("{at}/{part}/countries")).citing(places.source.clone(), None);
        let (bounded, countries, place) = match &uncovered {
            _ if in_use.features.is_none() && !location.excludes.is_empty() => {
                (None, None, vec![scene.here("features"), stated])
            }
            Some((index, feature)) => {
                let excluded = Origin::new(document, format!("{at}/excludes/{index}"));
                (Some(false), None, vec![scene.here(&format!("features/{feature}")), excluded])
            }
            None => {
                let (bounded, countries) = spread(scene, places);
                (bounded, countries, vec![stated, scene.here("location")])
            }
        };
        everywhere.extend(countries.iter().flatten().cloned());
        facts.insert(format!("{part}.bounded"), Fact::from_all(bounded.into(), place.clone()));
        let countries = countries.map_or(Value::Unknown, Value::Set);
        facts.insert(format!("{part}.countries"), Fact::from_all(countries, place.clone()));
        parts.push((bounded, place));
    }
    let bounded = parts.iter().map(|(bounded, _)| *bounded).fold(Some(true), and);
    let countries = if bounded == Some(true) { Value::Set(everywhere) } else { Value::Unknown };
    // The parts that decided: all when all are limited, else those that are not.
    let deciding = parts.into_iter().filter(|(part, _)| *part == bounded);
    let origins: Vec<Origin> = deciding.flat_map(|(_, place)| place).collect();
    facts.insert("anywhere.bounded".into(), Fact::from_all(bounded.into(), origins.clone()));
    facts.insert("anywhere.countries".into(), Fact::from_all(countries, origins));
}

/// The first feature in use that the location does not cover: its place in the location's list and in the flow's.
fn uncovered(in_use: &InUse<'_>, location: &Location) -> Option<(usize, usize)> {
    let used = in_use.features.unwrap_or_default();
    location
        .excludes
        .iter()
        .enumerate()
        .find_map(|(index, excluded)| Some((index, used.iter().position(|feature| feature == excluded)?)))
}

/// Whether the places are limited, and the countries they stand for on the day.
fn spread(scene: &Scene<'_>, places: &Places) -> (Option<bool>, Option<BTreeSet<String>>) {
    let says = |word: &str| places.countries.iter().any(|country| country == word);
    if says(ANY) {
        (Some(false), None)
    } else if says(UNKNOWN) {
        (None, None)
    } else {
        (Some(true), Some(scene.frame.knowledge.vocabulary.countries(&places.countries, scene.as_of())))
    }
}
