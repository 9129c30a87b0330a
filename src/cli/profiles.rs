//! The verbs about provider profiles: what they say, and whether they still hold.

use super::args::{DriftArgs, ProfilesArgs, ProfilesVerb, ShowArgs, StaleArgs};
use super::knowledge::{unknown, with};
use super::{Exit, Outcome, Surroundings};
use crate::load::versions_after;
use crate::render;
use crate::render::freshness::{self, Drifted};

pub(super) fn run(args: &ProfilesArgs, around: &Surroundings) -> Outcome {
    match &args.verb {
        ProfilesVerb::List(args) => {
            with(args, around, |workspace| Outcome::done(render::profile::list(&workspace.knowledge, around.width)))
        }
        ProfilesVerb::Show(args) => show(args, around),
        ProfilesVerb::Stale(args) => stale(args, around),
        ProfilesVerb::Drift(args) => drift(args, around),
    }
}

fn show(args: &ShowArgs, around: &Surroundings) -> Outcome {
    with(&args.folders, around, |workspace| match workspace.knowledge.service(&args.service) {
        Some(view) => {
            Outcome::done(render::profile::show(&args.service, &view, &workspace.book.catalogue, around.width))
        }
        None => {
            let known = workspace.knowledge.services();
            unknown("service", &args.service, known.iter().map(String::as_str), "tidegate profiles list")
        }
    })
}

fn stale(args: &StaleArgs, around: &Surroundings) -> Outcome {
    let as_of = match around.moment(args.as_of) {
        Ok(moment) => moment.day(),
        Err(outcome) => return outcome,
    };
    with(&args.folders, around, |workspace| {
        let profiles = || workspace.knowledge.profiles.values().map(|known| &*known.model);
        let exit = if profiles().any(|profile| profile.counts_until() < as_of) {
            Exit::Undetermined
        } else if profiles().any(|profile| profile.due() < as_of) {
            Exit::Conditional
        } else {
            Exit::Permitted
        };
        let output = freshness::stale(&workspace.knowledge, as_of, around.width);
        Outcome { output, messages: String::new(), exit }
    })
}

fn drift(args: &DriftArgs, around: &Surroundings) -> Outcome {
    with(&args.folders, around, |workspace| {
        let mut compared = 0;
        let mut drifted = Vec::new();
        for archived in workspace.knowledge.archived() {
            match versions_after(&args.terms, archived.document, &archived.reviewed.to_string()) {
                Ok(None) => {}
                Ok(Some(versions)) => {
                    compared += 1;
                    if !versions.is_empty() {
                        drifted.push(Drifted { archived, versions });
                    }
                }
                Err(message) => return Outcome::usage(&message),
            }
        }
        if compared == 0 {
            let message = format!("nothing to compare: {} has no document that a profile names", args.terms.display());
            return Outcome::stopped(Exit::Nothing, message + "\n");
        }
        let exit = if drifted.is_empty() { Exit::Permitted } else { Exit::Conditional };
        let output = freshness::drift(&drifted, compared, around.width);
        Outcome { output, messages: String::new(), exit }
    })
}
