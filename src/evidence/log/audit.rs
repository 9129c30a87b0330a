//! Whether a log is whole, and where it is not.
//!
//! The last checkpoint that fits the entries vouches for all entries before it. What is wrong stands after it, or in the checkpoints
//! themselves.

use serde::Serialize;

use super::checkpoint::{Checkpoint, Note, Verifier, notes};
use super::entry::{Entry, lines};
use super::tree::{Hash, Tree, included};
use crate::load::LogText;

/// What was found out about a log.
#[derive(Debug, Clone)]
pub struct Audit {
    /// The entries that can be read, in their order. Their positions are their numbers only when there are no faults.
    pub entries: Vec<Entry>,
    /// The number of lines.
    pub size: u64,
    /// The last checkpoint.
    pub head: Option<Checkpoint>,
    /// What is wrong; empty when the log is whole.
    pub faults: Vec<Fault>,
    /// Entries whose time is earlier than that of an entry before them. The order is certain, times are only claims.
    pub backdated: Vec<u64>,
}

/// Something wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Its name, such as `entry-changed`.
    pub fault: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
}

fn fault(name: &'static str, message: impl Into<String>) -> Fault {
    Fault { fault: name, message: message.into() }
}

/// Judges a log by its own checkpoints, by those that were kept elsewhere, and by the key of who signs them, where there is one.
pub fn audit(text: &LogText, kept: &[Checkpoint], key: Option<&Verifier<'_>>) -> Audit {
    let mut faults = Vec::new();
    let leaves: Vec<&[u8]> = lines(&text.entries).map(str::as_bytes).collect();
    let entries = read(&text.entries, &mut faults);
    let backdated = backdated(&entries);
    let mut own: Vec<Note> = Vec::new();
    for (line, note) in notes(&text.checkpoints) {
        match note {
            Ok(note) => own.push(note),
            Err(reason) => {
                faults.push(fault("malformed-checkpoint", format!("the checkpoint at line {line} {reason}")));
            }
        }
    }
    let heads: Vec<&Checkpoint> = own.iter().map(|note| &note.checkpoint).collect();
    faults.extend(among_themselves(&heads));
    let wanted: Vec<u64> = heads.iter().copied().chain(kept).map(|head| head.size).collect();
    let roots = roots(&leaves, wanted);
    faults.extend(against(&heads, &leaves, &roots));
    faults
        .extend(kept.iter().filter_map(|kept| against_kept(kept, heads.last().copied(), &roots, leaves.len() as u64)));
    if let Some(key) = key {
        faults.extend(signatures(&own, key));
    }
    let head = own.pop().map(|note| note.checkpoint);
    Audit { entries, size: leaves.len() as u64, head, faults, backdated }
}

fn read(text: &str, faults: &mut Vec<Fault>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (number, line) in (1..).zip(lines(text)) {
        let found = Entry::parse(line).and_then(|entry| match &entry {
            Entry::Withdrawn(withdrawal) if withdrawal.entry == 0 || withdrawal.entry >= number => {
                Err(format!("withdraws entry {}, which does not stand before it", withdrawal.entry))
            }
            _ => Ok(entry),
        });
        match found {
            Ok(entry) => entries.push(entry),
            Err(reason) => faults.push(fault("malformed-line", format!("line {number} {reason}"))),
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        faults.push(fault("malformed-line", "the last line is cut off: it has no line break"));
    }
    entries
}

/// Entries of which an earlier one claims a later time. A day without a time of day is no earlier than any moment of that day.
fn backdated(entries: &[Entry]) -> Vec<u64> {
    let mut latest = "";
    let mut found = Vec::new();
    for (number, entry) in (1..).zip(entries) {
        let time = entry.time();
        let common = latest.len().min(time.len());
        if time.get(..common) < latest.get(..common) {
            found.push(number);
        } else {
            latest = time;
        }
    }
    found
}

/// The roots of the first so many entries, for the sizes that somebody wants to know.
fn roots(leaves: &[&[u8]], mut wanted: Vec<u64>) -> impl Fn(u64) -> Option<Hash> + use<> {
    wanted.sort_unstable();
    wanted.dedup();
    let mut tree = Tree::default();
    let mut known: Vec<(u64, Hash)> = Vec::new();
    let mut note = |tree: &Tree<'_>| {
        if wanted.binary_search(&tree.size()).is_ok() {
            known.push((tree.size(), tree.root()));
        }
    };
    note(&tree);
    for leaf in leaves {
        tree.push(leaf);
        note(&tree);
    }
    move |size| known.binary_search_by_key(&size, |(size, _)| *size).ok().map(|at| known[at].1)
}

/// What two checkpoints of the log say against each other.
fn among_themselves(heads: &[&Checkpoint]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for pair in heads.windows(2) {
        let [earlier, later] = pair else { continue };
        let (size, before) = (later.size, earlier.size);
        if earlier.origin != later.origin {
            let message = format!("a checkpoint of size {size} is of another log, `{}`", later.origin);
            faults.push(fault("other-log", message));
        } else if size == before && earlier.root != later.root {
            let message = format!("two checkpoints of size {size} differ: there are two histories");
            faults.push(fault("forked", message));
        } else if size < before {
            let message = format!("a checkpoint of size {size} follows one of size {before}");
            faults.push(fault("checkpoints-reordered", message));
        }
    }
    faults
}

/// What the checkpoints of a log say against its entries.
fn against(heads: &[&Checkpoint], leaves: &[&[u8]], root: &dyn Fn(u64) -> Option<Hash>) -> Vec<Fault> {
    let size = leaves.len() as u64;
    let largest = heads.iter().map(|head| head.size).max().unwrap_or(0);
    let fits = |head: &&&Checkpoint| root(head.size) == Some(head.root);
    let vouched = heads.iter().filter(fits).map(|head| head.size).max().unwrap_or(0);
    let mut faults = Vec::new();
    for head in heads.iter().filter(|head| head.size <= vouched && !fits(head)) {
        let message = format!("the checkpoint of size {} does not fit the entries, though a later one does", head.size);
        faults.push(fault("root-wrong", message));
    }
    let wrong = heads.iter().filter(|head| head.size > vouched && head.size <= size).min_by_key(|head| head.size);
    match wrong {
        Some(wrong) => faults.push(localise(vouched, wrong, leaves, size.cmp(&largest))),
        None if size < largest => {
            let message = format!("the last checkpoint covers {largest} entries, and there are {size}");
            faults.push(fault("truncated", message));
        }
        None if size > largest => {
            let entries = if size == largest + 1 {
                format!("entry {size} has")
            } else {
                format!("entries {} to {size} have", largest + 1)
            };
            let message = format!("{entries} no checkpoint: an append was cut short, or somebody added to the file");
            faults.push(fault("no-checkpoint", message));
        }
        None => {}
    }
    faults
}

/// What happened to the entries between the last checkpoint that fits and the first one that does not.
fn localise(vouched: u64, wrong: &Checkpoint, leaves: &[&[u8]], length: std::cmp::Ordering) -> Fault {
    let first = vouched + 1;
    if wrong.size > first {
        let name = if length.is_lt() { "entry-removed" } else { "entry-changed" };
        return fault(name, format!("entries {first} to {} are not those of their checkpoint", wrong.size));
    }
    // The path beside a leaf does not hang on the leaf, so every later line can be tried in its place.
    let at = usize::try_from(vouched).unwrap_or(usize::MAX).min(leaves.len());
    let (before, after) = leaves.split_at(at);
    let mut tree = Tree::of(before.iter().copied());
    tree.push(b"");
    let path = tree.inclusion(vouched).unwrap_or_default();
    let fits = |leaf: &&[u8]| included(leaf, vouched, &path, wrong.size, &wrong.root);
    let moved = (first..).zip(after).find(|(_, leaf)| fits(leaf)).map(|(number, _)| number);
    match moved {
        Some(line) if length.is_gt() => {
            fault("entry-inserted", format!("entry {first} now stands in line {line}: something was put before it"))
        }
        Some(line) => fault("entries-reordered", format!("entry {first} now stands in line {line}")),
        None if length.is_lt() => fault(
            "entry-removed",
            format!("entry {first} is not there any more, and the log is shorter than its checkpoints"),
        ),
        None => fault("entry-changed", format!("entry {first} is not what it was when its checkpoint was written")),
    }
}

/// What a checkpoint that was kept elsewhere says against a log.
fn against_kept(
    kept: &Checkpoint,
    head: Option<&Checkpoint>,
    root: &dyn Fn(u64) -> Option<Hash>,
    size: u64,
) -> Option<Fault> {
    if let Some(head) = head.filter(|head| head.origin != kept.origin) {
        let message = format!("the checkpoint is of another log, `{}`; this one is `{}`", kept.origin, head.origin);
        return Some(fault("other-log", message));
    }
    if kept.size > size {
        let message = format!("the checkpoint that was kept covers {} entries, and there are {size}", kept.size);
        return Some(fault("truncated", message));
    }
    (root(kept.size) != Some(kept.root)).then(|| {
        let message =
            format!("entries 1 to {} are not those of the checkpoint that was kept: history was rewritten", kept.size);
        fault("forked", message)
    })
}

/// The last checkpoint vouches for the whole log, so it must be signed; no other may have a wrong signature.
fn signatures(own: &[Note], key: &Verifier<'_>) -> Vec<Fault> {
    let last = own.len().saturating_sub(1);
    let wrong = own.iter().enumerate().filter_map(|(index, note)| {
        let size = note.checkpoint.size;
        match note.signed_by(key) {
            Some(true) => None,
            Some(false) => Some(format!("the signature of {} on the checkpoint of size {size} is wrong", key.name)),
            None if index == last => Some(format!("{} did not sign the last checkpoint, of size {size}", key.name)),
            None => None,
        }
    });
    wrong.map(|message| fault("signature", message)).collect()
}
