//! Tidegate answers one question: may this data, for this purpose, go to this AI service, processed in this place, under
//! these contracts and laws, on this day?
//!
//! The modules are the stages of its pipeline, in this order; each knows only those before it:
//! [`load`] → [`document`] → [`knowledge`] → [`rulebook`] → [`resolve`] → [`decide`] → [`report`] → [`gate`] → [`render`].

pub mod cli;
pub mod decide;
pub mod document;
pub mod evidence;
pub mod gate;
pub mod knowledge;
pub mod load;
pub mod model;
pub mod pipeline;
pub mod problem;
pub mod render;
pub mod report;
pub mod resolve;
pub mod rulebook;
pub mod save;
pub mod scenario;
pub mod source;
pub mod workspace;
