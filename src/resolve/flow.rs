//! The circumstances: what the manifest states about the flow as a whole.

use serde_json::Value as Json;

use super::{Absent, Fact, Facts, Origin, Scene, Value, below, in_force, origin, paper};
use crate::model::{Consent, NONE, Root, TermType, Tree};

pub(super) fn facts(scene: &Scene<'_>) -> Facts {
    let mut facts = Facts::new();
    declared(scene, &mut facts);
    // A paper that does not hold says nothing.
    let holds = |(_, on_record): &(&String, &Json)| paper::holds(scene, on_record);
    let evidence: Tree =
        scene.flow.evidence.iter().filter(holds).map(|(name, on_record)| (name.clone(), on_record.clone())).collect();
    for (field, tree, document_level) in [
        ("organisation", &scene.manifest.model.organisation, true),
        ("controls", &scene.manifest.model.controls, true),
        ("subjects", &scene.flow.subjects, false),
        ("end_users", &scene.flow.end_users, false),
        ("decisions", &scene.flow.decisions, false),
        ("necessity", &scene.flow.necessity, false),
        ("evidence", &evidence, false),
    ] {
        let at = if document_level { format!("/{field}") } else { format!("{}/{field}", scene.at) };
        stated(scene, field, tree, &at, &mut facts);
    }
    papers(scene, &mut facts);
    consents(scene, &mut facts);
    vulnerable(scene, &mut facts);
    scene.complete(Root::Flow, facts, &Origin::new(&scene.manifest.document, scene.at.clone()))
}

/// Facts that stand as such in the manifest's own fields.
fn declared(scene: &Scene<'_>, facts: &mut Facts) {
    let flow = scene.flow;
    let set = |names: &Option<Vec<String>>| match names.as_deref() {
        None => Value::Unknown,
        Some([only]) if only == NONE => Value::Set([].into()),
        Some(names) => Value::Set(names.iter().cloned().collect()),
    };
    let name = |word: &Option<String>| word.clone().map_or(Value::Unknown, Value::Name);
    let environment = origin(&scene.manifest.document, "/environment".to_owned());
    facts.insert("environment".into(), Fact::new(name(&scene.manifest.model.environment), environment));
    facts.insert("laws".into(), Fact::new(set(&flow.laws), scene.here("laws")));
    facts.insert("collected_for".into(), Fact::new(set(&flow.collected_for), scene.here("collected_for")));
    facts.insert("operation".into(), Fact::new(name(&flow.operation), scene.here("operation")));
    let bases: std::collections::BTreeSet<String> = flow.legal_basis.values().flatten().cloned().collect();
    let basis = match scene.frame.absent {
        Absent::Unknown if bases.is_empty() => Value::Unknown,
        Absent::Unknown | Absent::NotDone => Value::Set(bases),
    };
    facts.insert("legal_basis".into(), Fact::new(basis, scene.here("legal_basis")));
}

/// Facts that stand in a part of the manifest whose shape the catalogue decides.
fn stated(scene: &Scene<'_>, field: &str, tree: &Tree, at: &str, facts: &mut Facts) {
    let prefix = format!("{}.{field}", Root::Flow.prefix());
    for (path, decl) in scene.frame.catalogue.below(&prefix) {
        if decl.computed {
            continue;
        }
        let place = origin(&scene.manifest.document, format!("{at}/{}", path.replace('.', "/")));
        let value = match below(tree, path) {
            Some(found) => scene.read(found, &decl.fact_type),
            None if scene.frame.absent == Absent::NotDone => {
                Value::default(decl, decl.absent.as_ref()).unwrap_or(Value::Unknown)
            }
            None => Value::Unknown,
        };
        facts.insert(format!("{field}.{path}"), Fact::new(value, place));
    }
}

/// Whether each kind of paper is on record and in force.
fn papers(scene: &Scene<'_>, facts: &mut Facts) {
    let prefix = format!("{}.evidence", Root::Flow.prefix());
    for (path, _) in scene.frame.catalogue.below(&prefix) {
        let Some(name) = path.strip_suffix(".recorded").filter(|name| *name != "consent") else { continue };
        let on_record = scene.flow.evidence.get(name);
        let recorded = match on_record {
            Some(on_record) => Some(paper::holds(scene, on_record)),
            None if scene.frame.absent == Absent::Unknown => None,
            None => Some(false),
        };
        let late = recorded == Some(false) && on_record.is_some_and(|paper| paper.get("expires").is_some());
        let place = scene.here(&format!("evidence/{name}{}", if late { "/expires" } else { "" }));
        facts.insert(format!("evidence.{path}"), Fact::yes_no(recorded, place));
    }
}

/// The consent that covers the flow best. One consent must cover purpose, recipient and day; two halves make no whole.
fn consents(scene: &Scene<'_>, facts: &mut Facts) {
    let vocabulary = &scene.frame.knowledge.vocabulary;
    let covers = |consent: &Consent| {
        let day = in_force(scene.as_of(), consent.date, consent.expires)
            && consent.withdrawn.is_none_or(|withdrawn| scene.as_of() < withdrawn);
        let purpose =
            consent.purposes.iter().any(|purpose| vocabulary.is_in(TermType::Action, &scene.flow.purpose, purpose));
        let recipient = consent.recipients.iter().any(|recipient| recipient == scene.provider());
        [day, purpose, recipient]
    };
    let best = scene
        .flow
        .consents
        .iter()
        .enumerate()
        .map(|(index, consent)| (covers(consent), index))
        .max_by_key(|(covered, index)| (covered.iter().filter(|one| **one).count(), std::cmp::Reverse(*index)));
    let (recorded, [day, purpose, recipient], at) = match best {
        Some((covered, index)) => (Some(true), covered.map(Some), format!("consents/{index}")),
        None if scene.frame.absent == Absent::Unknown => (None, [None; 3], "consents".to_owned()),
        None => (Some(false), [Some(false); 3], "consents".to_owned()),
    };
    for (name, answer) in
        [("recorded", recorded), ("in_force", day), ("covers_purpose", purpose), ("covers_recipient", recipient)]
    {
        facts.insert(format!("evidence.consent.{name}"), Fact::yes_no(answer, scene.here(&at)));
    }
}

fn vulnerable(scene: &Scene<'_>, facts: &mut Facts) {
    let Some(kinds) = facts.get("subjects.kinds").cloned() else { return };
    let answer = match &kinds.value {
        Value::Set(kinds) => Some(kinds.iter().any(|kind| {
            scene.frame.knowledge.vocabulary.term(TermType::SubjectKind, kind).is_some_and(|term| term.vulnerable)
        })),
        _ => None,
    };
    facts.insert("subjects.vulnerable".into(), Fact::from_all(answer.into(), kinds.origins));
}
