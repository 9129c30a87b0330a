//! Evidence that others can check: the log that every export is appended to, and what changed between two bundles.

pub mod diff;
pub mod log;
