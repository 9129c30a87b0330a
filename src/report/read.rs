//! A saved result, read back. It is no document of a person's: what does not fit was changed, cut, or written by another version.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{Report, Summary, VERSION, Verdict};
use crate::problem::Problem;
use crate::source::SourceFile;

/// More faults than this help nobody: the file is something else.
const MOST: usize = 10;
const MEND: &str = "save it anew: `tidegate check --format json=FILE`";

impl Report {
    /// Reads what `--format json` wrote.
    ///
    /// # Errors
    /// A text that is no JSON, does not fit the published schema, is of another version, or contradicts itself.
    pub fn read(file: &Arc<SourceFile>) -> Result<Self, Vec<Problem>> {
        let wrong = |message: String| Problem::new(format!("`{}` {message}", file.path)).help(MEND);
        let not_json = |error: &serde_json::Error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            vec![wrong(format!("is no saved result: it is not JSON at {place}"))]
        };
        let value: Json = serde_json::from_str(&file.text).map_err(|error| not_json(&error))?;
        match value.get("version") {
            Some(version) if version.as_u64() == Some(u64::from(VERSION)) => {}
            Some(version) => {
                let message = format!("is a result of version {version}; this Tidegate reads version {VERSION}");
                return Err(vec![wrong(message)]);
            }
            None => return Err(vec![wrong("is no saved result: it has no `version`".to_owned())]),
        }
        let validator = jsonschema::validator_for(&Self::schema()).map_err(|error| vec![wrong(error.to_string())])?;
        let misfits: Vec<Problem> = validator
            .iter_errors(&value)
            .take(MOST)
            .map(|error| wrong(format!("does not fit the schema of results at `{}`: {error}", error.instance_path())))
            .collect();
        if !misfits.is_empty() {
            return Err(misfits);
        }
        let report: Self = serde_json::from_value(value).map_err(|error| vec![wrong(error.to_string())])?;
        match report.contradiction() {
            Some(message) => Err(vec![wrong(message)]),
            None => Ok(report),
        }
    }

    /// What in a result says two things. A verdict that is better than its reasons would open the gate.
    pub fn contradiction(&self) -> Option<String> {
        let worst = |verdicts: &mut dyn Iterator<Item = Verdict>| verdicts.max();
        for flow in &self.flows {
            let name = format!("{} › {}", flow.integration, flow.flow);
            let passed = flow
                .rules
                .iter()
                .find(|rule| rule.tells() && rule.verdict == Verdict::Permitted && rule.aside.is_none());
            if let Some(rule) = passed {
                return Some(format!("contradicts itself: {} of {name} is a finding without a verdict", rule.id));
            }
            if flow.verdict != worst(&mut flow.rules.iter().map(|rule| rule.verdict)).unwrap_or(Verdict::Permitted) {
                return Some(format!("contradicts itself: the verdict of {name} is not the worst of its rules"));
            }
            if let Some(rule) = flow.rules.iter().find(|rule| !self.rules.contains_key(&rule.id)) {
                return Some(format!("is not complete: `rules` does not tell what {} of {name} says", rule.id));
            }
        }
        let flows = self.flows.iter().map(|flow| flow.verdict);
        if self.verdict != worst(&mut flows.chain(self.notices.iter().map(|notice| notice.verdict))) {
            return Some("contradicts itself: its verdict is not the worst of its flows and notices".to_owned());
        }
        let mut summary = Summary::default();
        summary.count(&self.flows);
        if self.summary != summary {
            return Some("contradicts itself: `summary` does not give the numbers of its flows".to_owned());
        }
        None
    }
}
