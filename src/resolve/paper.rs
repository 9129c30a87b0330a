//! Papers on record: a reference, the days between which they hold, and what rules read in them.

use serde_json::Value as Json;

use super::{Absent, Fact, Origin, Scene, Value, in_force};
use crate::model::{Date, FactDecl};

/// A day that a paper states.
pub(super) fn day(paper: &Json, key: &str) -> Option<Date> {
    paper.get(key)?.as_str()?.parse().ok()
}

/// True when a paper holds on the day of the decision.
pub(super) fn holds(scene: &Scene<'_>, paper: &Json) -> bool {
    day(paper, "date").is_some_and(|date| in_force(scene.as_of(), date, day(paper, "expires")))
}

/// What a paper says on one point. What it does not say counts as the catalogue has it.
pub(super) fn says(scene: &Scene<'_>, paper: Option<&Json>, pointer: &str, decl: &FactDecl, at: Origin) -> Fact {
    let value = match paper.and_then(|paper| paper.pointer(pointer)) {
        Some(found) => scene.read(found, &decl.fact_type),
        None if paper.is_none() && scene.frame.absent == Absent::Unknown => Value::Unknown,
        None => Value::default(decl, decl.absent.as_ref()).unwrap_or(Value::Unknown),
    };
    Fact::new(value, at)
}
