//! The answers of `tidegate evidence`, for people and for programs.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::cli::{Exit, Outcome};
use crate::evidence::{Decision, Fault, Inspection, Outcome as Replayed, Replay, SigningKey, Stamp};
use crate::load::Revision;
use crate::render::{DIM, GREEN, Page, RED, STRONG, styled};
use crate::report::{Report, Verdict};

/// Longer lists of values help nobody on a terminal.
const VALUES: usize = 60;

/// What was written.
pub(super) fn exported(
    out: &Path,
    files: usize,
    report: &Report,
    keys: &[SigningKey],
    revision: Option<&Revision>,
    width: usize,
) -> Result<Outcome, Outcome> {
    let mut page = Page::new(width);
    page.paragraph(0, &format!("{} is written: {files} files", out.display()));
    let verdict = report.verdict.map_or("nothing to check", Verdict::word);
    page.paragraph(2, &format!("{} flows as of {}, the worst is {verdict}", report.summary.flows, report.as_of));
    match revision {
        Some(Revision { commit, changed }) if changed.is_empty() => page.paragraph(2, &format!("commit {commit}")),
        Some(Revision { commit, changed }) => {
            page.paragraph(2, &format!("commit {commit}, but {} inputs are not as committed", changed.len()));
        }
        None => {}
    }
    for key in keys {
        let public = key.public().map_err(|message| Outcome::failed(&message))?;
        page.paragraph(2, &format!("signed by {} ({})", public.id, public.algorithm().word()));
    }
    if keys.is_empty() {
        page.paragraph(2, "nobody has signed it yet: `tidegate evidence sign`");
    }
    Ok(Outcome::done(page.finish()))
}

/// Everything that is wrong with a bundle.
pub(super) fn faults(bundle: &Path, faults: &[Fault], width: usize) -> Outcome {
    let mut page = Page::new(width);
    write_faults(&mut page, bundle, faults);
    Outcome { output: page.finish(), messages: String::new(), exit: Exit::Refused }
}

fn write_faults(page: &mut Page, bundle: &Path, faults: &[Fault]) {
    let number = if faults.len() == 1 { "1 fault".to_owned() } else { format!("{} faults", faults.len()) };
    page.paragraph(0, &format!("{} {} is not in order: {number}", styled(RED, "✗"), bundle.display()));
    for fault in faults {
        page.gap();
        page.line(2, &format!("{} {}", styled(RED, "✗"), styled(STRONG, fault.kind.word())));
        if !fault.file.is_empty() {
            page.paragraph(4, &plain(&fault.file));
        }
        page.paragraph(4, &plain(&fault.message));
    }
}

/// Names in a bundle are somebody else's: they must not steer the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The answer of `verify` for people.
pub(super) fn verified(bundle: &Path, inspection: &Inspection, width: usize) -> Outcome {
    let mut page = Page::new(width);
    let exit = exit(inspection);
    if inspection.faults.is_empty() {
        page.paragraph(0, &format!("{} {} is in order", styled(GREEN, "✓"), bundle.display()));
    } else {
        write_faults(&mut page, bundle, &inspection.faults);
        page.gap();
        page.paragraph(0, &styled(DIM, "what it says of itself:"));
    }
    if let Some(statement) = &inspection.statement {
        said(&mut page, &statement.predicate);
    }
    for signer in &inspection.signers {
        let line = match signer.algorithm {
            Some(algorithm) => format!("signed by {} ({algorithm})", plain(&signer.keyid)),
            None => format!("{} {}, not expected or not valid", "also a signature of", plain(&signer.keyid)),
        };
        page.paragraph(2, &line);
    }
    if let Some(Stamp { time, authority }) = &inspection.stamped {
        let by = match authority {
            Some(authority) => format!("by {}", plain(authority)),
            None => "by somebody; whom `--time-authority CERT.pem` checks".to_owned(),
        };
        page.paragraph(2, &format!("stamped at {time} {by}"));
    }
    Outcome { output: page.finish(), messages: String::new(), exit }
}

fn said(page: &mut Page, decision: &Decision) {
    let summary = &decision.summary;
    let verdict = decision.verdict.map_or("nothing to check", Verdict::word);
    page.paragraph(
        2,
        &format!(
            "{} flows as of {}: {} permitted, {} conditional, {} undetermined, {} refused; the worst is {verdict}",
            summary.flows,
            decision.as_of,
            summary.permitted,
            summary.conditional,
            summary.undetermined,
            summary.refused
        ),
    );
    let until = decision.expires.map(|expires| format!(", valid until {expires}")).unwrap_or_default();
    page.paragraph(2, &format!("made at {}{until}", decision.time_created));
    let tool = &decision.tool;
    page.paragraph(2, &plain(&format!("by {} {}, {}, {}", tool.name, tool.version, tool.engine, tool.language)));
    if let Some(revision) = &decision.revision {
        let state = if revision.dirty { "with changes that are not committed" } else { "as committed" };
        page.paragraph(2, &plain(&format!("from commit {}, {state}", revision.commit)));
    }
}

/// The answer of `verify` for programs.
pub(super) fn verified_json(bundle: &Path, inspection: &Inspection) -> Result<Outcome, Outcome> {
    let decision = inspection.statement.as_ref().map(|statement| &statement.predicate);
    let signers: Vec<Json> = inspection
        .signers
        .iter()
        .map(|signer| json!({ "keyid": signer.keyid, "valid": signer.algorithm.is_some(), "algorithm": signer.algorithm }))
        .collect();
    let answer = json!({
        "version": 1,
        "bundle": bundle.display().to_string(),
        "inOrder": inspection.faults.is_empty(),
        "faults": inspection.faults,
        "signers": signers,
        "asOf": decision.map(|decision| decision.as_of),
        "timeCreated": decision.map(|decision| decision.time_created),
        "expires": decision.and_then(|decision| decision.expires),
        "stamped": inspection.stamped.as_ref().map(|stamp| stamp.time),
        "stampedBy": inspection.stamped.as_ref().map(|stamp| &stamp.authority),
        "verdict": decision.and_then(|decision| decision.verdict),
        "summary": decision.map(|decision| &decision.summary),
    });
    Ok(Outcome { exit: exit(inspection), ..answer_of(&answer)? })
}

fn exit(inspection: &Inspection) -> Exit {
    if inspection.faults.is_empty() { Exit::Permitted } else { Exit::Refused }
}

fn answer_of(answer: &impl serde::Serialize) -> Result<Outcome, Outcome> {
    let text = serde_json::to_string_pretty(answer).map_err(|error| Outcome::failed(&error.to_string()))?;
    Ok(Outcome::done(text + "\n"))
}

/// The answer of `replay` for programs.
pub(super) fn replayed_json(replay: &Replay) -> Result<Outcome, Outcome> {
    Ok(Outcome { exit: exit_of(replay), ..answer_of(replay)? })
}

fn exit_of(replay: &Replay) -> Exit {
    if replay.outcome == Replayed::Different { Exit::Refused } else { Exit::Permitted }
}

/// The answer of `replay` for people.
pub(super) fn replayed(bundle: &Path, replay: &Replay, width: usize) -> Outcome {
    let mut page = Page::new(width);
    let (name, parts) = (bundle.display(), replay.parts.join(", "));
    match replay.outcome {
        Replayed::Identical => {
            page.paragraph(0, &format!("{} {name} decides the same again, byte by byte", styled(GREEN, "✓")));
        }
        Replayed::SameDecisions => {
            let text = format!("{} {name} decides the same again; what differs is: {parts}", styled(GREEN, "✓"));
            page.paragraph(0, &text);
        }
        Replayed::Different => {
            page.paragraph(0, &format!("{} {name} decides otherwise now", styled(RED, "✗")));
        }
    }
    if replay.then != replay.now {
        page.paragraph(2, &format!("decided by {}", plain(&replay.then)));
        page.paragraph(2, &format!("now by     {}", replay.now));
    }
    for change in &replay.changes {
        page.gap();
        let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "not there".to_owned());
        let what = change.rule.as_ref().map_or_else(|| "verdict".to_owned(), |rule| plain(rule));
        page.paragraph(2, &styled(STRONG, &plain(&format!("{} › {}", change.integration, change.flow))));
        page.paragraph(4, &format!("{what}: was {}, is {}", word(&change.before), word(&change.after)));
        for fact in &change.facts {
            let text = format!("{}: was {}, is {}", fact.name, values(&fact.before), values(&fact.after));
            page.hanging(6, 8, &plain(&text));
        }
    }
    Outcome { output: page.finish(), messages: String::new(), exit: exit_of(replay) }
}

fn values(values: &[Json]) -> String {
    let shown: Vec<String> =
        values.iter().map(|value| if value.is_null() { "unknown".to_owned() } else { value.to_string() }).collect();
    let text = if shown.is_empty() { "not consulted".to_owned() } else { shown.join(" or ") };
    if text.chars().count() > VALUES { text.chars().take(VALUES).chain(['…']).collect() } else { text }
}
