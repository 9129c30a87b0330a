//! `tidegate convert`: a saved result in another form.

use super::args::ConvertArgs;
use super::{Outcome, Surroundings, output};
use crate::load;
use crate::report::Report;

pub(super) fn run(args: &ConvertArgs, around: &Surroundings) -> Outcome {
    if let Some(message) = args.render.conflict() {
        return Outcome::usage(&message);
    }
    let report = load::read_result(&args.result).map_err(|problem| vec![problem]).and_then(|file| Report::read(&file));
    match report {
        Ok(report) => output::deliver(&report, &args.render, around),
        Err(problems) => Outcome::invalid(&problems, around),
    }
}
