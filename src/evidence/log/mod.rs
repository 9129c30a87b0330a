//! A log of evidence bundles in which nothing can be changed, taken out or moved without showing.
//!
//! Entries are lines. They are the leaves of a Merkle tree (RFC 6962), and every append leaves a checkpoint: the size and root hash of
//! the tree so far, in the form of <https://c2sp.org/tlog-checkpoint>. Whoever kept a checkpoint can check any later log against it.
//! Everything here works on texts; [`crate::load`] and [`crate::save`] know where they are kept.

mod append;
mod audit;
mod checkpoint;
mod entry;
mod proof;
mod standing;
pub mod text;
mod tree;

pub use append::{Appended, Refusal, append};
pub use audit::{Audit, Fault, audit};
pub use checkpoint::{Checkpoint, Note, Sign, Signature, Signer, Verifier, notes};
pub use entry::{Bundle, Entry, VERSION, Withdrawal};
pub use proof::Proof;
pub use standing::{BundleStanding, Standing, known, standing, standings};
pub use tree::{Hash, Tree, consistent, included};
