//! Appending: only to a log that is whole.

use super::audit::{Fault, audit};
use super::checkpoint::{Checkpoint, Note, Signer};
use super::entry::{Entry, lines};
use super::proof::Proof;
use super::standing::{Standing, standings};
use super::tree::Tree;
use crate::load::LogText;
use crate::source::sha256;

/// So many digits of the first entry's hash tell one log from another.
const ORIGIN: usize = 16;

/// A log that has grown.
#[derive(Debug, Clone)]
pub struct Appended {
    /// The whole log.
    pub text: LogText,
    /// The number of the new entry, from 1.
    pub number: u64,
    /// The new checkpoint.
    pub note: Note,
    /// Shows that the entry is in the log of this checkpoint.
    pub proof: Proof,
}

/// Why nothing was appended.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// The log is not whole; what is appended to it would hide that.
    Broken(Vec<Fault>),
    /// The entry cannot stand in this log.
    Entry(String),
    /// The checkpoint was not signed.
    Unsigned(String),
}

/// Appends an entry. The origin names a new log; a log that has one keeps it.
///
/// # Errors
/// A log that is not whole, an entry that cannot stand in it, or a signer that does not sign.
pub fn append(
    before: &LogText,
    entry: &Entry,
    origin: Option<&str>,
    signer: Option<&Signer<'_>>,
) -> Result<Appended, Refusal> {
    let found = audit(before, &[], None);
    if !found.faults.is_empty() {
        return Err(Refusal::Broken(found.faults));
    }
    entry.check().map_err(|reason| Refusal::Entry(format!("the entry {reason}")))?;
    if let Entry::Withdrawn(withdrawal) = entry {
        may_withdraw(&found.entries, withdrawal.entry).map_err(Refusal::Entry)?;
    }
    let line = entry.line().map_err(Refusal::Entry)?;
    let origin = match (found.head, origin) {
        (Some(head), Some(named)) if named != head.origin => {
            return Err(Refusal::Entry(format!("the origin of this log is `{}`, not `{named}`", head.origin)));
        }
        (Some(head), _) => head.origin,
        (None, Some(named))
            if named.trim() != named || named.is_empty() || named.contains(['\n', '\r', '\u{2014}']) =>
        {
            return Err(Refusal::Entry(format!("`{named}` is no origin; write one such as example.com/evidence")));
        }
        (None, Some(named)) => named.to_owned(),
        (None, None) => format!("tidegate/{}", &sha256(line.as_bytes())[..ORIGIN]),
    };

    let entries = format!("{}{line}\n", before.entries);
    let tree = Tree::of(lines(&entries).map(str::as_bytes));
    let checkpoint = Checkpoint { origin, size: tree.size(), root: tree.root() };
    let note = Note::new(checkpoint, signer).map_err(Refusal::Unsigned)?;
    let proof = Proof::inclusion(&entries, tree.size(), &note).map_err(Refusal::Entry)?;
    let checkpoints = format!("{}{}", before.checkpoints, note.text());
    Ok(Appended { number: tree.size(), text: LogText { entries, checkpoints }, note, proof })
}

/// Why an entry cannot be withdrawn.
fn may_withdraw(entries: &[Entry], number: u64) -> Result<(), String> {
    let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    match index.and_then(|index| Some((entries.get(index)?, standings(entries).swap_remove(index)))) {
        None => Err(format!("there is no entry {number}; the log has {}", entries.len())),
        Some((Entry::Withdrawn(_), _)) => Err(format!("entry {number} is a withdrawal; only bundles are withdrawn")),
        Some((_, Standing::Withdrawn { by, .. })) => Err(format!("entry {number} was withdrawn by entry {by} already")),
        Some(_) => Ok(()),
    }
}
