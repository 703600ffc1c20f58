//! Tests of what lies ahead. That it equals every single day is shown by
//! `tests/differential`; here each kind of moment has a day that a person can
//! check.

mod moments;
mod population;
mod range;
mod support;
mod truths;
