//! Tests of the rule language, over a small catalogue with every type of field.

mod dates;
mod diagnostics;
mod facts;
mod lint;
mod matching;
mod members;
mod missing;
mod parse;
mod place;
mod scalar;
mod support;
mod verdicts;
