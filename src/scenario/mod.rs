//! Scenario pages: Markdown that a lawyer can read, with flows and the verdicts they must have.
//!
//! A page starts from a *given* (documents in which everything is in order) and changes one thing per scenario.

mod mutants;
mod page;
mod run;

pub use mutants::{Mutation, mutate};
pub use page::{Scenario, read_pages};
pub use run::{Coverage, Mismatch, Tested, test};
