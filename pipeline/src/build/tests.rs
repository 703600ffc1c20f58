//! A small catalogue, hand-made tables, and what must come of them.

mod faults;
mod support;
mod values;
mod whole;
