//! The registers that an organisation keeps about its flows, written from the facts by which the flows were judged: records of
//! processing activities, sub-processors in use, transfers abroad, and the days on which papers end.
//!
//! What is not known is written `unknown`, and what is known to be nothing `none`: no cell stays empty.

mod calendar;
mod dpv;
mod entry;
mod expiry;
mod papers;
mod records;
mod sub_processors;
mod table;
mod transfers;

use std::collections::BTreeMap;

use crate::knowledge::Known;
use crate::model::{Manifest, Moment};
use crate::report::Report;
use crate::resolve::{Absent, Frame};
use crate::workspace::Workspace;

use entry::{Entry, Register};

/// The registers for the flows of a result, as texts by file name. Equal documents give equal bytes, in whatever order the manifests
/// come.
///
/// # Errors
/// A result of other flows than those of the manifests, or a text that cannot be written: faults of the program.
pub fn files(
    workspace: &Workspace,
    manifests: &[Known<Manifest>],
    report: &Report,
    moment: Moment,
) -> Result<BTreeMap<String, String>, String> {
    let day = moment.day();
    let frame = Frame::new(&workspace.knowledge, &workspace.book.catalogue, day, Absent::NotDone);
    let mut manifests: Vec<&Known<Manifest>> = manifests.iter().collect();
    manifests.sort_by(|a, b| a.model.id.cmp(&b.model.id));
    let mut flows = Vec::new();
    for manifest in manifests {
        for index in 0..manifest.model.flows.len() {
            flows.push(Entry::new(&frame, manifest, index, report)?);
        }
    }
    let register = Register { workspace, day, flows };
    Ok(BTreeMap::from([
        ("records-of-processing.csv".to_owned(), records::csv(&register)?),
        ("records-of-processing.jsonld".to_owned(), dpv::json_ld(&register)?),
        ("sub-processors.csv".to_owned(), sub_processors::csv(&register)?),
        ("transfers.csv".to_owned(), transfers::csv(&register)?),
        ("expiry.ics".to_owned(), calendar::write(&expiry::events(&register), &moment.stamp())),
    ]))
}
