//! `tidegate evidence report`: the report for people, written anew from a bundle once it is signed.

use super::args::ReportArgs;
use super::{keys, show, time, unwritten};
use crate::cli::{Outcome, Surroundings};
use crate::evidence::{self, Expected, REPORT_HTML, REPORT_PDF, RESULT_FILE, inspect};
use crate::knowledge::Listed;
use crate::load;
use crate::render::memo::Signer;
use crate::report::Report;
use crate::save;

pub(super) fn run(args: &ReportArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let form = match args.out.extension().and_then(|extension| extension.to_str()) {
        Some("pdf") => REPORT_PDF,
        Some("html") => REPORT_HTML,
        _ => return Err(Outcome::usage("the name of a report ends with .pdf or .html")),
    };
    let now = time(args.time, around)?;
    let found = load::bundle(&args.bundle).map_err(|problem| Outcome::invalid(&[problem], around))?;
    let expected = Expected {
        keys: keys::public_keys(&args.key, around)?,
        threshold: args.key.len(),
        authorities: Vec::new(),
        now,
    };
    let inspection = inspect(&found, (!args.key.is_empty()).then_some(&expected));
    // A report must not lend its looks to what is not in order.
    let Some(statement) = inspection.statement.as_ref().filter(|_| inspection.faults.is_empty()) else {
        return Ok(show::faults(&args.bundle, &inspection.faults, around.width));
    };
    let invalid = |problems: Vec<_>| Outcome::invalid(&problems, around);
    let (workspace, manifests) = evidence::open(&found.files, &statement.predicate).map_err(invalid)?;
    let result = super::text_of(&args.bundle, RESULT_FILE).map_err(|problem| invalid(vec![problem]))?;
    let report = Report::read(&result).map_err(invalid)?;
    let signers: Vec<Signer> = inspection
        .signers
        .iter()
        .map(|signer| Signer {
            key_id: signer.keyid.clone(),
            note: match signer.algorithm {
                Some(algorithm) => format!("the signature was checked ({algorithm})"),
                None => "not checked: no key was given for it".to_owned(),
            },
        })
        .collect();
    let manifests = Listed::read_all(&manifests).map_err(|message| Outcome::failed(&message))?;
    let files = evidence::dossier(&report, &workspace, &manifests, &found.files, &signers, now);
    let bytes = files.map_err(|message| Outcome::failed(&message))?.remove(form).unwrap_or_default();
    save::file(&args.out, &bytes).map_err(|error| unwritten(&args.out, &error))?;
    Ok(Outcome::done(format!("{} is written\n", args.out.display())))
}
