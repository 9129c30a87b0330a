//! `tidegate convert`: a saved result in another form.

use super::args::ConvertArgs;
use super::delivery::Delivery;
use super::{Outcome, Surroundings};
use crate::load;
use crate::report::Report;

pub(super) fn run(args: &ConvertArgs, around: &Surroundings) -> Outcome {
    if let Some(message) = args.render.conflict() {
        return Outcome::usage(&message);
    }
    let report = load::read_result(&args.result).map_err(|problem| vec![problem]).and_then(|file| Report::read(&file));
    match report {
        Ok(mut report) => {
            let mut delivery = Delivery::new(&args.render, around);
            match delivery.part(&mut report) {
                Ok(()) => delivery.end(report),
                Err(message) => Outcome::failed(&message),
            }
        }
        Err(problems) => Outcome::invalid(&problems, around),
    }
}
