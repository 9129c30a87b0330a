//! Retention: one clock per store that the features in use write to; the longest decides.

use super::in_use::InUse;
use super::{Fact, Facts, Origin, Scene, Value, in_force};
use crate::document::yaml::escape;
use crate::model::Keeps;

/// A store's clock for one feature.
struct Ticking {
    keeps: Keeps,
    exceptional: bool,
    origin: Origin,
}

pub(super) fn facts(scene: &Scene<'_>, in_use: &InUse<'_>, facts: &mut Facts) {
    let here = scene.here("features");
    let Some(features) = in_use.features else {
        for path in ["retention.bounded", "retention.days", "retention.exceptions"] {
            facts.insert(path.to_owned(), Fact::unknown(here.clone()));
        }
        return;
    };
    let clocks: Vec<Ticking> = features.iter().flat_map(|feature| clocks(scene, in_use, feature)).collect();
    let (usual, exceptional): (Vec<&Ticking>, Vec<&Ticking>) = clocks.iter().partition(|clock| !clock.exceptional);
    normal(scene, &usual, &here, facts);
    let kept: Vec<&&Ticking> = exceptional.iter().filter(|clock| clock.keeps != Keeps::None).collect();
    let origins = kept.iter().map(|clock| clock.origin.clone()).chain([here]);
    facts.insert("retention.exceptions".into(), Fact::from_all(Value::Bool(!kept.is_empty()), origins));
}

/// Whether everything kept in the normal course ends, and after how many days.
fn normal(scene: &Scene<'_>, clocks: &[&Ticking], here: &Origin, facts: &mut Facts) {
    let end = |clock: &Ticking| match clock.keeps {
        Keeps::None => Some(Some(0)),
        Keeps::Days(days) => Some(Some(days)),
        Keeps::UntilDeleted { plus_days } => {
            Some(scene.flow.deletes_after_days.map(|days| days.saturating_add(plus_days)))
        }
        Keeps::Unknown => None,
    };
    let endless: Vec<&&Ticking> = clocks.iter().filter(|clock| end(clock) == Some(None)).collect();
    let unknown: Vec<&&Ticking> = clocks.iter().filter(|clock| end(clock).is_none()).collect();
    let longest = clocks.iter().filter_map(|clock| end(clock).flatten()).max().unwrap_or(0);
    let (bounded, days, deciding) = if !endless.is_empty() {
        (Some(false), Value::Unknown, endless)
    } else if !unknown.is_empty() {
        (None, Value::Unknown, unknown)
    } else {
        let longest_clocks = clocks.iter().filter(|clock| end(clock) == Some(Some(longest))).collect();
        (Some(true), Value::Long(i64::from(longest)), longest_clocks)
    };
    let origins = || deciding.iter().map(|clock| clock.origin.clone()).chain([here.clone()]);
    facts.insert("retention.bounded".into(), Fact::from_all(bounded.into(), origins()));
    facts.insert("retention.days".into(), Fact::from_all(days, origins()));
}

fn clocks(scene: &Scene<'_>, in_use: &InUse<'_>, feature: &str) -> Vec<Ticking> {
    let Some((_, terms)) = in_use.view.find(|service| service.features.get(feature)) else { return Vec::new() };
    terms.stores.iter().filter_map(|store| clock(scene, in_use, feature, store)).collect()
}

fn clock(scene: &Scene<'_>, in_use: &InUse<'_>, feature: &str, name: &str) -> Option<Ticking> {
    let document = &in_use.view.profile.document;
    let (layer, (service, store)) = in_use.view.find(|service| Some((service, service.stores.get(name)?)))?;
    let own = (store.keeps.as_str(), store.source.clone(), format!("{layer}/stores/{}/keeps", escape(name)));
    // Options replace the store's own clock where they cover the feature; of several, the longest holds.
    let replaced = in_use
        .options
        .iter()
        .filter(|(_, _, option)| !option.excludes.iter().any(|excluded| excluded == feature))
        .filter_map(|(_, at, option)| {
            let clock = option.stores.get(name)?;
            Some((clock.keeps.as_str(), clock.source.clone(), format!("{at}/stores/{}/keeps", escape(name))))
        })
        .max_by_key(|(keeps, _, _)| rank(keeps.parse().unwrap_or(Keeps::Unknown)));
    // Who must keep for a time, keeps, whatever clock the customer switched. What is not stored at all cannot be kept.
    let stored = replaced.as_ref().is_none_or(|(keeps, _, _)| keeps.parse() != Ok(Keeps::None));
    let deviation = service.deviations.iter().enumerate().find_map(|(index, deviation)| {
        let concerned = deviation.stores.iter().any(|store| store == name);
        (concerned && in_force(scene.as_of(), deviation.from, deviation.to))
            .then(|| (deviation.keeps.as_str(), deviation.source.clone(), format!("{layer}/deviations/{index}/keeps")))
    });
    let (keeps, source, pointer) = deviation.filter(|_| stored).or(replaced).unwrap_or(own);
    Some(Ticking {
        keeps: keeps.parse().unwrap_or(Keeps::Unknown),
        exceptional: store.exceptional,
        origin: Origin::new(document, pointer).citing(Some(source), None),
    })
}

/// Longer clocks rank higher; an unknown one is longer than any number, an endless one longest.
fn rank(keeps: Keeps) -> (u8, u32) {
    match keeps {
        Keeps::None => (0, 0),
        Keeps::Days(days) => (1, days),
        Keeps::Unknown => (2, 0),
        Keeps::UntilDeleted { plus_days } => (3, plus_days),
    }
}
