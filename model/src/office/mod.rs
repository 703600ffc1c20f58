//! What a policy office asks of all dossiers together, beyond the verdicts of
//! one day: who will become or cease to be eligible as time passes.
//!
//! Left out: judging itself (`rules`, `matching`) and files.

pub mod upcoming;
