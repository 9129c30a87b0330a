//! The canonical result as JSON: whole, or piece by piece while a run still decides. The bytes are the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;

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

/// The whole result, with a line break at the end.
///
/// # Errors
/// A value that JSON cannot hold: a fault of the program.
pub fn render(report: &Report) -> Result<String, String> {
    let mut text = start(report)?;
    let mut first = true;
    flows(report, &mut first, &mut |piece| text.push_str(piece))?;
    text.push_str(&end(report, first)?);
    Ok(text)
}

/// What stands before the flows.
///
/// # Errors
/// As [`render`].
pub fn start(report: &Report) -> Result<String, String> {
    let Report { version, tool, as_of, inputs, rules, facts, .. } = report;
    let text = pretty(&Start { version: *version, tool, as_of, inputs, rules, facts })?;
    Ok(format!("{},\n  \"flows\": [", text.strip_suffix("\n}").unwrap_or(&text)))
}

/// The flows: all, or those of a part. `first` tells whether none was written before.
///
/// # Errors
/// As [`render`].
pub fn flows(report: &Report, first: &mut bool, write: &mut dyn FnMut(&str)) -> Result<(), String> {
    // A line break in JSON stands only between its parts, never in a text.
    let one = |flow: &FlowResult| Ok(pretty(flow)?.replace('\n', "\n    "));
    for piece in report.flows.chunks(PIECE) {
        let texts: Vec<Result<String, String>> = piece.par_iter().map(one).collect();
        for text in texts {
            write(if std::mem::take(first) { "\n    " } else { ",\n    " });
            write(&text?);
        }
    }
    Ok(())
}

/// What stands after the flows. `empty`: there was none.
///
/// # Errors
/// As [`render`].
pub fn end(report: &Report, empty: bool) -> Result<String, String> {
    let Report { notices, lines, summary, verdict, .. } = report;
    let text = pretty(&End { notices, lines, summary, verdict })?;
    let flows_end = if empty { "],\n" } else { "\n  ],\n" };
    Ok(format!("{flows_end}{}\n", text.strip_prefix("{\n").unwrap_or(&text)))
}

fn pretty(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(value).map_err(|error| error.to_string())
}
