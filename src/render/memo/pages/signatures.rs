//! What is signed: the files with their digests, the signatures on record, and room for those on paper.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::content::{Block, Chapter, Table, plain, spaced, span, strong};
use super::super::dossier::Dossier;
use super::part;
use crate::render::finding::can_be_opened;
use crate::report::Input;
use crate::source::sha256;

/// One digest for all inputs: SHA-256 of their list in the form of `sha256sum`, in the order of their paths.
pub(super) fn digest<'a>(inputs: impl IntoIterator<Item = &'a Input>) -> String {
    let mut lines: Vec<(&str, &str)> =
        inputs.into_iter().map(|input| (input.path.as_str(), input.sha256.as_str())).collect();
    lines.sort_unstable();
    let mut list = String::new();
    for (path, sha256) in lines {
        let _ = writeln!(list, "{sha256}  {path}");
    }
    sha256(list.as_bytes())
}

pub(super) fn chapter(dossier: &Dossier<'_>) -> Chapter {
    let report = dossier.report;
    let about = format!(
        "The undersigned have read the verdicts of this dossier as of {} and confirm that the facts stated in the files below are true to \
         the best of their knowledge. The digest of all inputs names the files that decided: it is the SHA-256 of their list in the form of \
         sha256sum, in the order of their paths.",
        report.as_of
    );
    let roles = ["Prepared by", "Reviewed by", "Approved by"];
    let columns = [("Role", 1.2), ("Name", 2.2), ("Signature", 2.6), ("Date", 1.2)];
    let lines = roles.iter().map(|role| vec![plain(role), plain(""), plain(""), plain("")]);
    let mut blocks = vec![
        Block::Paragraph(plain(about)),
        Block::Facts(vec![("Digest of inputs".to_owned(), plain(digest(&report.inputs)))]),
        Block::Table(Table { to_fill_in: true, ..Table::new("Signatures on paper", &columns, lines.collect()) }),
        Block::Heading("Signatures on record".to_owned()),
    ];
    if dossier.signers.is_empty() {
        blocks.push(Block::Paragraph(plain("No signature is recorded.")));
    } else {
        let rows = dossier.signers.iter().map(|signer| vec![plain(&signer.key_id), plain(&signer.note)]);
        blocks.push(Block::Table(Table::new("Signatures on record", &[("Key", 2.0), ("Note", 1.6)], rows.collect())));
    }
    let columns = [("File", 1.9), ("SHA-256", 3.1)];
    if !dossier.digests.is_empty() {
        blocks.push(Block::Heading("Files of the bundle".to_owned()));
        let rows = dossier.digests.iter().map(|(path, digest)| vec![plain(path), plain(digest)]);
        blocks.push(Block::Table(Table::new("Files of the bundle", &columns, rows.collect())));
    }
    let (own, held): (Vec<&Input>, Vec<&Input>) = report.inputs.iter().partition(|input| can_be_opened(&input.path));
    if !own.is_empty() {
        blocks.push(Block::Heading("Files that decided".to_owned()));
        let rows = own.iter().map(|input| vec![spaced([span(&input.path)]), plain(&input.sha256)]);
        blocks.push(Block::Table(Table::new("Files that decided", &columns, rows.collect())));
    }
    if !held.is_empty() {
        let mut kinds: BTreeMap<&str, Vec<&Input>> = BTreeMap::new();
        for input in &held {
            kinds.entry(&input.kind).or_default().push(input);
        }
        let rows = kinds.into_iter().map(|(kind, inputs)| {
            let number = inputs.len();
            vec![spaced([strong(kind), span(format!("({number})"))]), plain(digest(inputs))]
        });
        blocks
            .push(Block::Heading(format!("Knowledge that {} {} holds itself", report.tool.name, report.tool.version)));
        let columns = [("Kind and number of files", 1.9), ("SHA-256 of their list", 3.1)];
        blocks.push(Block::Table(Table::new("Knowledge of the program", &columns, rows.collect())));
    }
    part("signatures", "Files and signatures", blocks)
}
