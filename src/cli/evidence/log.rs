//! `tidegate evidence log`: appending to the log of exported bundles, and checking it.

mod args;

use std::path::Path;

use serde::Serialize;

pub(super) use args::LogVerb;
use args::{AppendArgs, KeepArgs, ListArgs, ProveArgs, VerifyArgs, WithdrawArgs};

use super::diff::Form;
use crate::cli::{Exit, Outcome, Surroundings};
use crate::evidence::log::{
    self, Appended, Audit, Bundle, BundleStanding, Checkpoint, Entry, Note, Proof, Refusal, Standing, VERSION,
    Withdrawal, text,
};
use crate::evidence::{Fault, FaultKind};
use crate::load::{self, LogPlace, LogText};
use crate::model::Moment;
use crate::problem::Problem;
use crate::render;
use crate::save;

/// The files of a bundle that an entry rests on.
const ATTESTATION: &str = "attestation.json";
const RESULT: &str = "result.json";

pub(super) fn run(verb: &LogVerb, around: &Surroundings) -> Outcome {
    let outcome = match verb {
        LogVerb::Append(args) => append(args, around),
        LogVerb::Withdraw(args) => withdraw(args, around),
        LogVerb::List(args) => list(args, around),
        LogVerb::Prove(args) => prove(args, around),
        LogVerb::Verify(args) => verify(args, around),
    };
    outcome.unwrap_or_else(|outcome| outcome)
}

fn append(args: &AppendArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let moment = around.moment(args.keep.as_of)?;
    let mut bundle = bundle(&args.bundle, args.name.as_deref(), moment, around)?;
    bundle.note.clone_from(&args.note);
    let attestation = bundle.attestation.clone();
    let entry = Entry::Bundle(bundle);
    grow(&args.place.log, &entry, args.origin.as_deref(), &args.keep, around, |before| {
        let found = log::audit(before, &[], None);
        match log::known(&found.entries, &attestation).filter(|_| found.faults.is_empty()) {
            Some((number, Standing::Withdrawn { by, reason })) => Err(refused(&format!(
                "the bundle is entry {number}, which was withdrawn by entry {by}: {reason}\nexport it anew"
            ))),
            Some((number, _)) => {
                Err(Outcome::done(format!("the bundle is entry {number} already; nothing was appended\n")))
            }
            None => Ok(()),
        }
    })
}

fn withdraw(args: &WithdrawArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let time = around.moment(args.keep.as_of)?.written();
    let withdrawal = Withdrawal { version: VERSION, time, entry: args.entry, reason: args.reason.clone() };
    texts(&args.place.log, around)?;
    grow(&args.place.log, &Entry::Withdrawn(withdrawal), None, &args.keep, around, |_| Ok(()))
}

/// Appends an entry, unless `first` has another answer.
fn grow(
    place: &LogPlace,
    entry: &Entry,
    origin: Option<&str>,
    keep: &KeepArgs,
    around: &Surroundings,
    first: impl Fn(&LogText) -> Result<(), Outcome>,
) -> Result<Outcome, Outcome> {
    let change = |before: &LogText| {
        first(before)?;
        let appended = log::append(before, entry, origin, None).map_err(|refusal| match refusal {
            Refusal::Broken(faults) => refused(&text::faults(&faults, around.width)),
            Refusal::Entry(message) => refused_input(&message, around),
            Refusal::Unsigned(message) => Outcome::failed(&message),
        })?;
        let message = match entry {
            Entry::Bundle(bundle) => format!("Entry {}: {}", appended.number, bundle.bundle),
            Entry::Withdrawn(withdrawal) => {
                format!("Entry {}: entry {} is withdrawn", appended.number, withdrawal.entry)
            }
        };
        Ok::<_, Outcome>(save::Change { text: appended.text.clone(), message, value: appended })
    };
    let appended = save::log(place, change).map_err(|problem| Outcome::invalid(&[problem], around))??;
    told(place, &appended, keep)
}

/// The new checkpoint, for standard output and the files that the user named.
fn told(place: &LogPlace, appended: &Appended, keep: &KeepArgs) -> Result<Outcome, Outcome> {
    let proof = json(&appended.proof)?;
    for (path, text) in [(&keep.checkpoint, &appended.note.text()), (&keep.proof, &proof)] {
        if let Some(path) = path {
            let unwritten = |error| {
                let written = format!("entry {} was appended", appended.number);
                refused(&format!("{written}, but `{}` cannot be written: {error}", path.display()))
            };
            save::file(path, text).map_err(unwritten)?;
        }
    }
    let number = appended.number;
    Ok(Outcome::done(format!(
        "entry {number} of {place}\nIts checkpoint, to be kept where nobody who can write the log can write:\n\n{}",
        appended.note.checkpoint.body()
    )))
}

fn list(args: &ListArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let found = log::audit(&texts(&args.place.log, around)?, &[], None);
    let output = match args.format {
        Form::Text => text::list(&found.entries, around.width),
        Form::Json => json(&text::list_json(&found.entries))?,
    };
    if found.faults.is_empty() {
        return Ok(Outcome::done(output));
    }
    let messages = text::audit(&found, None, around.width);
    Ok(Outcome { output, messages, exit: Exit::Refused })
}

fn prove(args: &ProveArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let kept = args.checkpoint.as_deref().map(|path| note(path, around)).transpose()?;
    let held = texts(&args.place.log, around)?;
    let trusted: Vec<Checkpoint> = kept.iter().map(|note| note.checkpoint.clone()).collect();
    let found = log::audit(&held, &trusted, None);
    if !found.faults.is_empty() {
        return Err(refused(&text::audit(&found, None, around.width)));
    }
    let last = || log::notes(&held.checkpoints).pop().and_then(|(_, note)| note.ok());
    let head = kept.or_else(last).ok_or_else(|| nothing(&args.place.log))?;
    let proof = match (&args.since, &args.bundle, args.entry) {
        (Some(since), ..) => Proof::consistency(&held.entries, &note(since, around)?.checkpoint, &head),
        (_, Some(path), _) => {
            let bundle = bundle(path, None, around.moment(None)?, around)?;
            match log::known(&found.entries, &bundle.attestation) {
                Some((number, _)) => Proof::inclusion(&held.entries, number, &head),
                None => Err(format!("`{}` is not in the log", path.display())),
            }
        }
        (_, _, number) => Proof::inclusion(&held.entries, number.unwrap_or_default(), &head),
    };
    proof.map_err(|message| refused_input(&message, around)).and_then(|proof| json(&proof)).map(Outcome::done)
}

fn verify(args: &VerifyArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let notes = args.checkpoint.iter().map(|path| note(path, around)).collect::<Result<Vec<_>, _>>()?;
    let kept: Vec<Checkpoint> = notes.into_iter().map(|note| note.checkpoint).collect();
    if let Some(path) = &args.proof {
        return check_proof(path, &kept, args.format, around);
    }
    let Some(place) = &args.log else { return Err(Outcome::usage("name the log: --log")) };
    let bundle = args.bundle.as_deref().map(|path| bundle(path, None, around.moment(None)?, around)).transpose()?;
    let found = log::audit(&texts(place, around)?, &kept, None);
    let standing = bundle.as_ref().map(|bundle| (bundle.bundle.as_str(), log::standing(&found.entries, bundle)));
    let standing = standing.as_ref().map(|(name, standing)| (*name, standing));
    let output = match args.format {
        Form::Text => text::audit(&found, standing, around.width),
        Form::Json => json(&text::audit_json(&found, standing))?,
    };
    let exit = exit(&found, standing.map(|(_, standing)| standing));
    Ok(Outcome { output, messages: String::new(), exit })
}

fn exit(audit: &Audit, standing: Option<&BundleStanding>) -> Exit {
    match standing {
        _ if !audit.faults.is_empty() => Exit::Refused,
        None | Some(BundleStanding::Logged { standing: Standing::Current, .. }) => Exit::Permitted,
        Some(BundleStanding::Logged { standing: Standing::Replaced { .. }, .. }) => Exit::Conditional,
        Some(_) => Exit::Refused,
    }
}

/// What the log has against a bundle, for `verify --log`.
pub(super) fn faults(place: &LogPlace, path: &Path, around: &Surroundings) -> Result<Vec<Fault>, Outcome> {
    let bundle = bundle(path, None, around.moment(None)?, around)?;
    let found = log::audit(&texts(place, around)?, &[], None);
    let standing = log::standing(&found.entries, &bundle);
    if exit(&found, Some(&standing)) == Exit::Permitted {
        return Ok(Vec::new());
    }
    let told = text::audit(&found, Some((bundle.bundle.as_str(), &standing)), around.width);
    Ok(vec![Fault::new(FaultKind::Log, place.to_string(), anstream::adapter::strip_str(&told).to_string().trim())])
}

fn check_proof(path: &Path, kept: &[Checkpoint], form: Form, around: &Surroundings) -> Result<Outcome, Outcome> {
    let file = load::read(path).map_err(|problem| Outcome::invalid(&[problem], around))?;
    let proof: Proof = serde_json::from_str(&file.text)
        .map_err(|error| refused_input(&format!("`{}` is no proof: {error}", file.path), around))?;
    let (holds, message) = match proof.check(kept) {
        Ok(message) => (true, message),
        Err(message) => (false, message),
    };
    let output = match form {
        Form::Text => text::proof(holds, &message, around.width),
        Form::Json => json(&serde_json::json!({"version": 1, "holds": holds, "message": message}))?,
    };
    Ok(Outcome { output, messages: String::new(), exit: if holds { Exit::Permitted } else { Exit::Refused } })
}

/// What an entry says of a bundle.
fn bundle(path: &Path, name: Option<&str>, moment: Moment, around: &Surroundings) -> Result<Bundle, Outcome> {
    let read = |file: &str| super::text_of(path, file).map_err(|problem| Outcome::invalid(&[problem], around));
    let whole = around.folder.join(path);
    let own = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (attestation, result) = (read(ATTESTATION)?, read(RESULT)?);
    let name = name.unwrap_or(own.strip_suffix(".zip").unwrap_or(&own));
    Bundle::of(name, &attestation, &result, moment).map_err(|problems| Outcome::invalid(&problems, around))
}

fn texts(place: &LogPlace, around: &Surroundings) -> Result<LogText, Outcome> {
    load::log(place).map_err(|problem| Outcome::invalid(&[problem], around))?.ok_or_else(|| nothing(place))
}

fn note(path: &Path, around: &Surroundings) -> Result<Note, Outcome> {
    let file = load::read(path).map_err(|problem| Outcome::invalid(&[problem], around))?;
    // What `append` prints has no empty line at its end once it was copied.
    let text = if file.text.contains("\n\n") { file.text.clone() } else { format!("{}\n\n", file.text.trim_end()) };
    Note::parse(&text).map_err(|reason| refused_input(&format!("the checkpoint `{}` {reason}", file.path), around))
}

fn nothing(place: &LogPlace) -> Outcome {
    Outcome::stopped(Exit::Nothing, format!("there is no log at {place}\n"))
}

fn refused(message: &str) -> Outcome {
    Outcome::stopped(Exit::Refused, format!("{}\n", message.trim_end()))
}

fn refused_input(message: &str, around: &Surroundings) -> Outcome {
    Outcome::invalid(&[Problem::new(message)], around)
}

fn json(value: &impl Serialize) -> Result<String, Outcome> {
    render::pretty(value).map_err(|message| Outcome::failed(&message))
}
