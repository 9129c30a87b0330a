//! Data items: what they are, and how identifiable.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::fact::{and, or};
use super::{Fact, Facts, ItemFacts, Origin, Scene, Value, paper};
use crate::model::{DataItem, Root, Status};

pub(super) fn facts(scene: &Scene<'_>, circumstances: &Facts) -> Vec<ItemFacts> {
    let together = Together::new(scene, circumstances);
    scene
        .flow
        .data
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let here = |field: &str| scene.here(&format!("data/{index}/{field}"));
            ItemFacts {
                field: item.field.clone(),
                class: Fact::new(Value::Name(item.class.clone()), here("class")),
                facts: one(scene, item, &here, &together),
            }
        })
        .collect()
}

/// Which specially listed kinds of data the items are, taken together.
pub(super) fn categories(scene: &Scene<'_>, items: &[ItemFacts], circumstances: &mut Facts) {
    let mut sent = BTreeSet::new();
    let mut origins = Vec::new();
    for (item, resolved) in scene.flow.data.iter().zip(items) {
        let personal = resolved.facts.get("personal").and_then(|fact| fact.value.as_bool());
        let of_item = scene.frame.knowledge.vocabulary.categories(&item.class);
        if personal != Some(false) && !of_item.is_empty() {
            sent.extend(of_item);
            origins.extend(resolved.class.origins.iter().cloned());
        }
    }
    if origins.is_empty() {
        origins.push(scene.here("data"));
    }
    circumstances.insert("categories.sent".into(), Fact::from_all(Value::Set(sent), origins));
}

/// The items of a flow that single out people only together.
struct Together {
    count: i64,
    threshold: Option<i64>,
    assessed: Option<bool>,
    origins: Vec<Origin>,
}

impl Together {
    fn new(scene: &Scene<'_>, circumstances: &Facts) -> Self {
        let mut origins = Vec::new();
        let mut count = 0;
        for (index, item) in scene.flow.data.iter().enumerate() {
            if quasi_identifier(scene, item) {
                count += 1;
                origins.push(scene.here(&format!("data/{index}/class")));
            }
        }
        let setting = scene.frame.knowledge.vocabulary.setting("quasi_identifier_threshold");
        if let Some((_, document)) = setting {
            origins.push(Origin::new(document, "/settings/quasi_identifier_threshold"));
        }
        let assessed = circumstances.get("evidence.identifiability.recorded").and_then(|fact| fact.value.as_bool());
        Self { count, threshold: setting.map(|(value, _)| value), assessed, origins }
    }

    /// Whether the items together single out people, as far as no assessment says otherwise.
    fn identify(&self) -> Option<bool> {
        let many = self.threshold.map(|threshold| self.count >= threshold);
        and(many, self.assessed.map(|assessed| !assessed))
    }
}

fn quasi_identifier(scene: &Scene<'_>, item: &DataItem) -> bool {
    let by_class = scene.frame.knowledge.vocabulary.class_says(&item.class, |term| term.quasi_identifier.then_some(()));
    by_class.is_some() && item.status != Some(Status::Synthetic)
}

fn one(scene: &Scene<'_>, item: &DataItem, here: &dyn Fn(&str) -> Origin, together: &Together) -> Facts {
    let by_class = scene.frame.knowledge.vocabulary.class_says(&item.class, |term| term.personal);
    let member = quasi_identifier(scene, item);
    let treatment = item.treatment.as_ref();
    let status = item.status.unwrap_or(match (treatment, by_class) {
        // Hiding the name is pseudonymisation until somebody has assessed more.
        (Some(_), Some(true)) => Status::Pseudonymised,
        (_, Some(false)) => Status::NonPersonal,
        (_, Some(true) | None) => Status::Identified,
    });
    let reversible = match (treatment, status) {
        (Some(treatment), _) => treatment.reversible,
        (None, Status::Identified | Status::Pseudonymised) => Some(true),
        (None, _) => None,
    };
    let assessment = treatment.and_then(|treatment| treatment.assessment.clone()).map(Json::Object);
    let assessed = assessment.as_ref().is_some_and(|on_record| paper::holds(scene, on_record));
    let alone = match status {
        Status::Synthetic => Some(false),
        // A word alone does not make data anonymous: the treatment must be irreversible, and somebody must have assessed it.
        Status::Anonymised => {
            and(by_class, and(reversible.map(|yes| !yes), Some(assessed)).map(|anonymous| !anonymous))
        }
        Status::Identified | Status::Pseudonymised | Status::ContextuallyAnonymised | Status::NonPersonal => by_class,
    };
    let personal = if member { or(alone, together.identify()) } else { alone };

    let status_at = here(if item.status.is_some() {
        "status"
    } else if treatment.is_some() {
        "treatment"
    } else {
        "class"
    });
    let treatment_at = |field: &str| here(&format!("treatment/{field}"));
    let mut personal_at = vec![here("class"), status_at.clone()];
    if member {
        personal_at.extend(together.origins.iter().cloned());
    }
    let mut facts = Facts::new();
    let mut add = |path: &str, fact: Fact| facts.insert(path.to_owned(), fact);
    add("status", Fact::new(Value::Name(status.word().to_owned()), status_at));
    add("personal", Fact::from_all(personal.into(), personal_at));
    add("reversible", Fact::yes_no(reversible, treatment_at("reversible")));
    add("assessment.recorded", Fact::yes_no(Some(assessed), treatment_at("assessment")));
    for (path, decl) in scene.frame.catalogue.below("principal.assessment").filter(|(_, decl)| !decl.computed) {
        let pointer = format!("/{}", path.replace('.', "/"));
        let at = treatment_at(&format!("assessment{pointer}"));
        let on_record = assessment.as_ref().filter(|_| assessed);
        add(&format!("assessment.{path}"), paper::says(scene, on_record, &pointer, decl, at));
    }
    let word = |word: Option<&String>| word.map_or(Value::Unknown, |word| Value::Name(word.clone()));
    add("technique", Fact::new(word(treatment.map(|treatment| &treatment.technique)), treatment_at("technique")));
    let key_holder = treatment.and_then(|treatment| treatment.key_holder.as_ref());
    add("key_holder", Fact::new(word(key_holder), treatment_at("key_holder")));
    add("treated", Fact::yes_no(Some(treatment.is_some()), here("treatment")));
    let count = if member { together.count } else { 0 };
    add("quasi_identifiers.count", Fact::from_all(Value::Long(count), together.origins.clone()));
    let threshold = together.threshold.map_or(Value::Unknown, Value::Long);
    add("quasi_identifiers.threshold", Fact::from_all(threshold, together.origins.last().cloned()));
    scene.complete(Root::Principal, facts, &here("class"))
}
