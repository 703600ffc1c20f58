//! The service of Zhida: recommendations, explanations and pushes over HTTP.
//!
//! In reading order: [`engine`] is one opened snapshot with its rules;
//! [`state`] is what handlers share; [`app`] lists the routes, each in a file
//! of its own name; [`push`] finds what is new for whom; [`db`] keeps what
//! must outlive the process; [`serve`] starts it all.
//!
//! Deliberately absent: roles (until they exist it listens on loopback only
//! and wants its token for everything about a subject), TLS, identity numbers
//! (but for one look-up), rules of its own, and any call to the outside.

pub mod app;
pub mod auth;
pub mod calculator;
pub mod clock;
pub mod db;
pub mod dossier;
pub mod engine;
pub mod explanation;
pub mod extract;
pub mod fields;
pub mod health;
pub mod judging;
pub mod lookup;
pub mod office;
pub mod openapi;
pub mod page;
pub mod policies;
pub mod preferences;
pub mod problem;
pub mod push;
pub mod pushes;
pub mod ranking;
pub mod recommendations;
pub mod search;
mod server;
pub mod state;
pub mod view;
mod wording;

pub use self::server::{Ready, ServeError, ServeOptions, open, refuse_address, serve, signalled};
