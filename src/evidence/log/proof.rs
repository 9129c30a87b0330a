//! Proofs that somebody else checks with nothing but a checkpoint.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::{Deserialize, Serialize};

use super::checkpoint::{Checkpoint, Note};
use super::entry::{VERSION, lines};
use super::tree::{Hash, Tree, consistent, included};

/// A proof, as it is given to others. Hashes are in base64, as in checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Proof {
    /// An entry is in the log.
    Inclusion {
        /// The version of this form.
        version: u32,
        /// The line of the entry, without its line break: the leaf.
        entry: String,
        /// Its place in the tree, from 0: one less than the number of the entry.
        leaf_index: u64,
        /// The number of leaves.
        tree_size: u64,
        /// The path of RFC 6962, section 2.1.1.
        hashes: Vec<String>,
        /// The checkpoint of that size. Check the proof with one that came another way, or that is signed.
        checkpoint: String,
    },
    /// The log only grew.
    Consistency {
        /// The version of this form.
        version: u32,
        /// The number of leaves before.
        first_size: u64,
        /// The number of leaves after.
        second_size: u64,
        /// The proof of RFC 6962, section 2.1.2.
        hashes: Vec<String>,
        /// The checkpoint of the later size.
        checkpoint: String,
    },
}

impl Proof {
    /// Proves that the entry with a number, from 1, is in the log of a checkpoint.
    ///
    /// # Errors
    /// An entry or a checkpoint that is not in the log.
    pub fn inclusion(entries: &str, number: u64, note: &Note) -> Result<Self, String> {
        let tree = tree_at(entries, &note.checkpoint)?;
        let size = note.checkpoint.size;
        let absent = || format!("there is no entry {number}; the checkpoint covers {size}");
        let leaf_index = number.checked_sub(1).ok_or_else(absent)?;
        let hashes = tree.inclusion(leaf_index).ok_or_else(absent)?;
        let line = usize::try_from(leaf_index).ok().and_then(|index| lines(entries).nth(index)).ok_or_else(absent)?;
        let (version, entry, hashes) = (VERSION, line.to_owned(), encode(&hashes));
        Ok(Self::Inclusion { version, entry, leaf_index, tree_size: size, hashes, checkpoint: note.text() })
    }

    /// Proves that the log of a checkpoint grew from that of an earlier one.
    ///
    /// # Errors
    /// A checkpoint that is not of this log.
    pub fn consistency(entries: &str, first: &Checkpoint, note: &Note) -> Result<Self, String> {
        if first.origin != note.checkpoint.origin {
            let (theirs, ours) = (&first.origin, &note.checkpoint.origin);
            return Err(format!("the earlier checkpoint is of another log: `{theirs}`, and this one is `{ours}`"));
        }
        tree_at(entries, first)?;
        let tree = tree_at(entries, &note.checkpoint)?;
        let (first_size, second_size) = (first.size, note.checkpoint.size);
        let smaller =
            || format!("the earlier checkpoint covers {first_size} entries, the later one only {second_size}");
        let hashes = encode(&tree.consistency(first_size).ok_or_else(smaller)?);
        Ok(Self::Consistency { version: VERSION, first_size, second_size, hashes, checkpoint: note.text() })
    }

    /// Checks the proof against checkpoints that the reader trusts: one for an entry, two for growth.
    ///
    /// # Errors
    /// What the proof does not show.
    pub fn check(&self, trusted: &[Checkpoint]) -> Result<String, String> {
        let of_size = |size: u64| {
            let found = trusted.iter().find(|checkpoint| checkpoint.size == size);
            found.ok_or_else(|| format!("no checkpoint of size {size} was given"))
        };
        let version = match self {
            Self::Inclusion { version, .. } | Self::Consistency { version, .. } => *version,
        };
        if version != VERSION {
            return Err(format!("the proof has version {version}; this Tidegate reads version {VERSION}"));
        }
        let differ = |one: &Checkpoint| trusted.iter().any(|other| other.size == one.size && other != one);
        if let Some(forked) = trusted.iter().find(|one| differ(one)) {
            return Err(format!("two checkpoints of size {} differ: there are two histories", forked.size));
        }
        match self {
            Self::Inclusion { entry, leaf_index, tree_size, hashes, .. } => {
                let head = of_size(*tree_size)?;
                if included(entry.as_bytes(), *leaf_index, &decode(hashes)?, *tree_size, &head.root) {
                    Ok(format!("entry {} is in the log `{}` of {tree_size}", leaf_index.saturating_add(1), head.origin))
                } else {
                    Err(format!("the entry is not in the log `{}` of {tree_size}", head.origin))
                }
            }
            Self::Consistency { first_size, second_size, hashes, .. } => {
                let (first, second) = (of_size(*first_size)?, of_size(*second_size)?);
                if first.origin != second.origin {
                    return Err(format!("the checkpoints are of two logs: `{}` and `{}`", first.origin, second.origin));
                }
                if consistent((first.size, &first.root), (second.size, &second.root), &decode(hashes)?) {
                    Ok(format!("the log `{}` only grew, from {first_size} to {second_size}", first.origin))
                } else {
                    Err(format!("the log `{}` did not only grow from {first_size} to {second_size}", first.origin))
                }
            }
        }
    }
}

/// The tree that a checkpoint covers.
fn tree_at<'a>(entries: &'a str, checkpoint: &Checkpoint) -> Result<Tree<'a>, String> {
    let size = usize::try_from(checkpoint.size).unwrap_or(usize::MAX);
    let tree = Tree::of(lines(entries).take(size).map(str::as_bytes));
    if tree.size() != checkpoint.size || tree.root() != checkpoint.root {
        return Err(format!("the checkpoint of size {size} does not fit the entries; `verify` says more"));
    }
    Ok(tree)
}

fn encode(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| BASE64_STANDARD.encode(hash)).collect()
}

fn decode(hashes: &[String]) -> Result<Vec<Hash>, String> {
    let one = |text: &String| BASE64_STANDARD.decode(text).ok().and_then(|bytes| Hash::try_from(bytes).ok());
    hashes.iter().map(|text| one(text).ok_or_else(|| format!("`{text}` is no SHA-256 value in base64"))).collect()
}
