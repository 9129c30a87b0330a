//! The canonical result as JSON: whole, or piece by piece while a run still decides. The bytes are the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;

use super::pretty;
use crate::report::{FlowResult, Input, Lines, Notice, Report, RuleInfo, Summary, Tool, Verdict};

/// Flows whose text is made side by side before it is passed on. A flow with the facts of every rule takes some 250 KB.
const PIECE: usize = 32;

/// The parts of [`Report`] that stand before the flows, under the same names.
#[derive(Serialize)]
struct Start<'a> {
    version: u32,
    tool: &'a Tool,
    as_of: &'a str,
    inputs: &'a [Input],
    rules: &'a BTreeMap<Arc<str>, RuleInfo>,
    facts: &'a BTreeMap<String, String>,
}

/// The parts of [`Report`] that stand after the flows, under the same names.
#[derive(Serialize)]
struct End<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notices: &'a [Notice],
    lines: &'a Lines,
    summary: &'a Summary,
    verdict: &'a Option<Verdict>,
}

/// How far a result is written.
#[derive(Debug, Default)]
pub struct Pieces {
    started: bool,
    flows: bool,
}

/// The whole result, with a line break at the end.
///
/// # Errors
/// A value that JSON cannot hold: a fault of the program.
pub fn render(report: &Report) -> Result<String, String> {
    let mut text = String::new();
    let mut pieces = Pieces::default();
    pieces.part(report, &mut |piece| text.push_str(piece))?;
    pieces.end(report, &mut |piece| text.push_str(piece))?;
    Ok(text)
}

impl Pieces {
    /// Writes the flows of a part; before the first of them, what stands before all flows.
    ///
    /// # Errors
    /// As [`render`].
    pub fn part(&mut self, report: &Report, write: &mut dyn FnMut(&str)) -> Result<(), String> {
        self.start(report, write)?;
        // A line break in JSON stands only between its parts, never in a text.
        let one = |flow: &FlowResult| Ok(pretty(flow)?.trim_end().replace('\n', "\n    "));
        for piece in report.flows.chunks(PIECE) {
            let texts: Vec<Result<String, String>> = piece.par_iter().map(one).collect();
            for text in texts {
                let further = std::mem::replace(&mut self.flows, true);
                write(if further { ",\n    " } else { "\n    " });
                write(&text?);
            }
        }
        Ok(())
    }

    /// Writes what stands after the flows.
    ///
    /// # Errors
    /// As [`render`].
    pub fn end(mut self, report: &Report, write: &mut dyn FnMut(&str)) -> Result<(), String> {
        self.start(report, write)?;
        let Report { notices, lines, summary, verdict, .. } = report;
        let text = pretty(&End { notices, lines, summary, verdict })?;
        write(if self.flows { "\n  ],\n" } else { "],\n" });
        write(text.strip_prefix("{\n").unwrap_or(&text));
        Ok(())
    }

    fn start(&mut self, report: &Report, write: &mut dyn FnMut(&str)) -> Result<(), String> {
        if std::mem::replace(&mut self.started, true) {
            return Ok(());
        }
        let Report { version, tool, as_of, inputs, rules, facts, .. } = report;
        let text = pretty(&Start { version: *version, tool, as_of, inputs, rules, facts })?;
        write(text.strip_suffix("\n}\n").unwrap_or(&text));
        write(",\n  \"flows\": [");
        Ok(())
    }
}
