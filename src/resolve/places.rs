//! Places: sets of countries, or unlimited.

use std::collections::BTreeSet;

use super::endpoint::InUse;
use super::fact::and;
use super::{Fact, Facts, Origin, Scene, Value};
use crate::document::yaml::escape;
use crate::model::{ANY, Location, Places, UNKNOWN};

pub(super) fn facts(scene: &Scene<'_>, in_use: &InUse<'_>, facts: &mut Facts) {
    let Some((layer, location)) = in_use.view.find(|service| service.locations.get(&scene.flow.location)) else { return };
    let at = format!("{layer}/locations/{}", escape(&scene.flow.location));
    let document = &in_use.view.profile.document;
    let uncovered = uncovered(in_use, location);
    let mut bounded_everywhere = Some(true);
    let mut everywhere = BTreeSet::new();
    let mut origins = Vec::new();
    for (part, places) in
        [("processing", &location.processing), ("storage", &location.storage), ("access", &location.access)]
    {
        let stated = Origin::new(document, format!("{at}/{part}/countries")).citing(places.source.clone(), None);
        let (bounded, countries, place) = match &uncovered {
            Some((index, feature)) => {
                let excluded = Origin::new(document, format!("{at}/excludes/{index}"));
                (Some(false), None, vec![scene.here(&format!("features/{feature}")), excluded])
            }
            None => {
                let (bounded, countries) = spread(scene, places);
                (bounded, countries, vec![stated, scene.here("location")])
            }
        };
        bounded_everywhere = and(bounded_everywhere, bounded);
        everywhere.extend(countries.iter().flatten().cloned());
        origins.extend(place.iter().cloned());
        facts.insert(format!("{part}.bounded"), Fact::from_all(bounded.into(), place.clone()));
        facts.insert(format!("{part}.countries"), Fact::from_all(countries.map_or(Value::Unknown, Value::Set), place));
    }
    let countries = if bounded_everywhere == Some(true) { Value::Set(everywhere) } else { Value::Unknown };
    facts.insert("anywhere.bounded".into(), Fact::from_all(bounded_everywhere.into(), origins.clone()));
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
