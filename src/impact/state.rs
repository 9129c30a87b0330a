use super::{Spot, Standing, StateInfo};
use crate::report::{Aside, Place, Report, RuleResult};

/// A result, and how its state is called.
#[derive(Clone, Copy)]
pub struct State<'a> {
    /// The result, with the facts of every rule.
    pub report: &'a Report,
    /// What the user calls the state.
    pub name: &'a str,
    /// The commit, where it is one.
    pub commit: Option<&'a str>,
    /// What the other state calls a file of this one.
    pub name_of: &'a dyn Fn(&str) -> String,
}

impl State<'_> {
    pub(super) fn info(&self) -> StateInfo {
        StateInfo {
            name: self.name.to_owned(),
            commit: self.commit.map(str::to_owned),
            as_of: self.report.as_of.clone(),
            tool: self.report.tool.clone(),
            verdict: self.report.verdict,
            summary: self.report.summary.clone(),
        }
    }

    pub(super) fn path(&self, file: &str) -> String {
        (self.name_of)(file)
    }

    pub(super) fn place(&self, place: &Place) -> Place {
        Place { file: self.path(&place.file), ..place.clone() }
    }

    pub(super) fn spot(&self, place: &Place) -> Spot {
        let lines = self.report.lines.get(&place.file);
        Spot {
            file: self.path(&place.file),
            line: place.line,
            column: place.column,
            text: lines.and_then(|lines| lines.get(&place.line)).cloned().unwrap_or_default(),
            source: place.source.clone(),
        }
    }

    pub(super) fn standing(&self, rule: &RuleResult) -> Standing {
        Standing {
            status: rule.status,
            verdict: rule.verdict,
            aside: rule
                .aside
                .as_deref()
                .map(|aside| Aside { place: aside.place.as_ref().map(|place| self.place(place)), ..aside.clone() }),
            items: rule.items.clone(),
            contracts: rule.contracts.clone(),
        }
    }
}
