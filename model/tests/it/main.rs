//! The library from outside: the examples of the documents, run against the
//! sample definitions, and whole policies from text to verdict.
//!
//! Left out: the comparison of the back ends (`tests/differential`) and the
//! tests of single functions, which stand beside them.

#[cfg(test)]
mod catalogue_guide;
#[cfg(test)]
mod example;
#[cfg(test)]
mod policy_guide;
#[cfg(test)]
mod rule_language;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod support;
