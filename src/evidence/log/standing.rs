//! How bundles stand: in the log, replaced, withdrawn, or never logged.

use std::collections::BTreeMap;

use serde::Serialize;

use super::entry::{Bundle, Entry};

/// How an entry stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "standing", rename_all = "kebab-case")]
pub enum Standing {
    /// It is the last word on its bundle.
    Current,
    /// A later bundle has its name.
    Replaced {
        /// The later entry.
        by: u64,
        /// Whether the results are the same.
        same_result: bool,
    },
    /// It was withdrawn.
    Withdrawn {
        /// The entry that says so.
        by: u64,
        /// Why.
        reason: String,
    },
    /// It is itself a withdrawal.
    Withdrawal,
}

/// How a bundle in hand stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "found", rename_all = "kebab-case")]
pub enum BundleStanding {
    /// It is in the log.
    Logged {
        /// The entry.
        entry: u64,
        /// How that stands.
        #[serde(flatten)]
        standing: Standing,
    },
    /// Its attestation is in the log, with another result.
    OtherResult {
        /// The entry.
        entry: u64,
        /// The digest that the entry gives.
        logged: String,
    },
    /// Another bundle of this name is in the log, this one is not.
    Other {
        /// The last entry of that name.
        entry: u64,
        /// The digest of the attestation that the entry gives.
        logged: String,
    },
    /// The log does not know it.
    Absent,
}

/// How every entry stands, in their order.
pub fn standings(entries: &[Entry]) -> Vec<Standing> {
    let mut found: Vec<Standing> = Vec::with_capacity(entries.len());
    let mut last: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, entry) in (1..).zip(entries) {
        match entry {
            Entry::Bundle(bundle) => {
                let named = last.entry(&bundle.bundle).or_default();
                for index in std::mem::take(named) {
                    let Some(Entry::Bundle(earlier)) = entries.get(index) else { continue };
                    if earlier.attestation == bundle.attestation {
                        named.push(index);
                    } else if found[index] == Standing::Current {
                        let same_result = earlier.result == bundle.result;
                        found[index] = Standing::Replaced { by: number, same_result };
                    }
                }
                named.push(found.len());
                found.push(Standing::Current);
            }
            Entry::Withdrawn(withdrawal) => {
                let index = usize::try_from(withdrawal.entry).unwrap_or(usize::MAX).wrapping_sub(1);
                if let Some(standing) = found.get_mut(index) {
                    *standing = Standing::Withdrawn { by: number, reason: withdrawal.reason.clone() };
                }
                found.push(Standing::Withdrawal);
            }
        }
    }
    found
}

/// The entry that holds a bundle with this attestation, and how it stands. One that was withdrawn stays so.
pub fn known(entries: &[Entry], attestation: &str) -> Option<(u64, Standing)> {
    let same = |entry: &Entry| matches!(entry, Entry::Bundle(bundle) if bundle.attestation == attestation);
    let all = (1..).zip(entries).zip(standings(entries));
    let found: Vec<(u64, Standing)> =
        all.filter(|((_, entry), _)| same(entry)).map(|((number, _), standing)| (number, standing)).collect();
    let withdrawn = found.iter().find(|(_, standing)| matches!(standing, Standing::Withdrawn { .. }));
    withdrawn.or(found.last()).cloned()
}

/// How a bundle in hand stands in a log.
pub fn standing(entries: &[Entry], bundle: &Bundle) -> BundleStanding {
    let bundles = (1..).zip(entries).filter_map(|(number, entry)| match entry {
        Entry::Bundle(logged) => Some((number, logged)),
        Entry::Withdrawn(_) => None,
    });
    let all: Vec<(u64, &Bundle)> = bundles.collect();
    if let Some((entry, standing)) = known(entries, &bundle.attestation) {
        let logged = all.iter().find(|(number, _)| *number == entry).map(|(_, logged)| &logged.result);
        return match logged {
            Some(logged) if *logged != bundle.result => BundleStanding::OtherResult { entry, logged: logged.clone() },
            _ => BundleStanding::Logged { entry, standing },
        };
    }
    match all.iter().rev().find(|(_, logged)| logged.bundle == bundle.bundle) {
        Some((entry, logged)) => BundleStanding::Other { entry: *entry, logged: logged.attestation.clone() },
        None => BundleStanding::Absent,
    }
}
