//! What a policy office asks about the rules themselves, before anybody is
//! judged by them.
//!
//! [`proofs`] decides questions about rules: who can meet one, what each
//! condition adds, how two versions differ, which policies contradict each
//! other.

pub mod proofs;
