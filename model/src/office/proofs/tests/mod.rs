//! The solver against everybody there can be, and what is made of it.

mod everybody;
mod policies;
mod relations;
mod solver;
mod support;
