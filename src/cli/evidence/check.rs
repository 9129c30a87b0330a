//! `tidegate evidence verify` and `replay`: whether a bundle is in order, and whether it decides the same again.

use super::args::{Form, ReplayArgs, VerifyArgs};
use super::{keys, show, time};
use crate::cli::{Outcome, Surroundings};
use crate::evidence::{self, Expected, Fault, FaultKind, inspect};
use crate::load;

pub(super) fn verify(args: &VerifyArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let expected = Expected {
        keys: keys::public_keys(&args.key, around)?,
        threshold: args.threshold,
        authorities: keys::authorities(&args.time_authority, around)?,
        now: time(args.time, around)?,
    };
    if !(1..=expected.keys.len()).contains(&args.threshold) {
        let message = format!("--threshold {} does not go with {} keys", args.threshold, expected.keys.len());
        return Err(Outcome::usage(&message));
    }
    let found = load::bundle(&args.bundle).map_err(|problem| Outcome::invalid(&[problem], around))?;
    let mut inspection = inspect(&found, Some(&expected));
    if let Some(place) = &args.log {
        inspection.faults.extend(super::log::faults(place, &args.bundle, around)?);
    }
    match args.format {
        Form::Text => Ok(show::verified(&args.bundle, &inspection, around.width)),
        Form::Json => show::verified_json(&args.bundle, &inspection),
    }
}

pub(super) fn replay(args: &ReplayArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let found = load::bundle(&args.bundle).map_err(|problem| Outcome::invalid(&[problem], around))?;
    // Who signed is the business of `verify`; what is changed would only be decided again as changed.
    let inspection = inspect(&found, None);
    let Some(statement) = inspection.statement.as_ref().filter(|_| inspection.faults.is_empty()) else {
        let mut faults = inspection.faults;
        if faults.is_empty() {
            faults.push(Fault::new(FaultKind::NoAttestation, "", "there is nothing to decide again"));
        }
        return Ok(show::faults(&args.bundle, &faults, around.width));
    };
    let replay = evidence::replay(&found.files, &statement.predicate);
    let replay = replay.map_err(|problems| Outcome::invalid(&problems, around))?;
    match args.format {
        Form::Text => Ok(show::replayed(&args.bundle, &replay, around.width)),
        Form::Json => show::replayed_json(&replay),
    }
}
