//! Whether provider profiles still hold: reviews that are due, and documents that changed.

use super::page::{DIM, Page, RED, STRONG, YELLOW, styled};
use super::rules::table;
use crate::knowledge::{Archived, Knowledge};
use crate::load::Version;
use crate::model::Date;

/// A document that changed after the review of the profile that rests on it.
#[derive(Debug)]
pub struct Drifted<'a> {
    /// The profile's source.
    pub archived: Archived<'a>,
    /// The later versions, the newest first.
    pub versions: Vec<Version>,
}

/// The profiles whose review is overdue, and when the next is due.
pub fn stale(knowledge: &Knowledge, as_of: Date, width: usize) -> String {
    let mut page = Page::new(width);
    let mut rows = vec![["provider", "reviewed", "due", "state"].map(str::to_owned).to_vec()];
    let mut profiles: Vec<_> =
        knowledge.profiles.iter().map(|(id, known)| (known.model.due(), id, &known.model)).collect();
    profiles.sort_by_key(|(due, id, _)| (*due, *id));
    for (due, id, profile) in profiles.iter().filter(|(due, _, _)| *due < as_of) {
        let until = profile.counts_until();
        let state = if until < as_of {
            styled(RED, &format!("unknown since {until}"))
        } else {
            styled(YELLOW, &format!("overdue; unknown after {until}"))
        };
        rows.push(vec![(*id).clone(), profile.reviewed.to_string(), due.to_string(), state]);
    }
    let overdue = rows.len() - 1;
    if overdue > 0 {
        table(&mut page, &rows);
        page.gap();
    }
    let next = profiles.iter().find(|(due, _, _)| *due >= as_of);
    let next = next.map_or(String::new(), |(due, id, _)| format!("; next is {id}, due {due}"));
    page.paragraph(0, &format!("as of {as_of}: {overdue} of {} profiles overdue{next}", profiles.len()));
    page.finish()
}

/// The documents that changed after the review, with the facts that cite them.
pub fn drift(drifted: &[Drifted<'_>], compared: usize, width: usize) -> String {
    let mut page = Page::new(width);
    for Drifted { archived, versions } in drifted {
        let profile = &archived.profile.model;
        page.paragraph(0, &format!("{}  {}", styled(STRONG, &profile.id), archived.document));
        for version in versions {
            let commit = version.commit.get(..12).unwrap_or(&version.commit);
            page.hanging(2, 4, &format!("{} {commit}", styled(YELLOW, &format!("changed {}", version.day))));
        }
        page.paragraph(
            2,
            &styled(DIM, &format!("reviewed {}; these facts cite `{}`:", archived.reviewed, archived.source)),
        );
        let file = &archived.profile.document.file.path;
        for (pointer, line) in archived.facts() {
            let name = pointer.trim_start_matches("/services/").replace('/', " › ").replace("~1", "/");
            page.hanging(2, 4, &format!("{name} {}", styled(DIM, &format!("{file}:{line}"))));
        }
        page.gap();
    }
    page.paragraph(0, &format!("{compared} documents compared, {} changed since the review", drifted.len()));
    page.finish()
}
