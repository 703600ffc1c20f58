//! A policy file and the cases beside it, as they are written (YAML).
//!
//! [`file`](self::file) is one version of a policy: identity, dates, text, conditions,
//! benefit. [`cases`] are the examples that prove it, written from the
//! policy's words. Checking and compiling them is `rules`' task.

pub mod cases;
pub mod file;
mod parameters;

pub use self::parameters::{
    ParameterRow, ParameterValue, Parameters, ParametersError, ParametersFile,
};

/// The JSON Schema of a policy file, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(file::PolicyFile).to_value()
}

/// The JSON Schema of a file of dated parameters, for editors.
#[must_use]
pub fn parameters_schema() -> serde_json::Value {
    schemars::schema_for!(ParametersFile).to_value()
}

/// The JSON Schema of a file of cases, for editors.
#[must_use]
pub fn cases_schema() -> serde_json::Value {
    schemars::schema_for!(cases::CasesFile).to_value()
}
