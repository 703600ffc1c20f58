//! `zhida schema`: JSON Schema of a kind of file, for editors.

use anyhow::Result;
use zhida_model::{catalogue, policy};

use crate::output;

/// Arguments of `zhida schema`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Kind of file
    #[arg(value_enum)]
    kind: Kind,
}

/// Kind of file.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Kind {
    /// catalogue.yaml
    Catalogue,
    /// A policy
    Policy,
    /// The cases beside a policy
    Cases,
    /// parameters.yaml
    Parameters,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let schema = match arguments.kind {
        Kind::Catalogue => catalogue::schema(),
        Kind::Policy => policy::schema(),
        Kind::Cases => policy::cases_schema(),
        Kind::Parameters => policy::parameters_schema(),
    };
    output::say(&serde_json::to_string_pretty(&schema)?);
    Ok(true)
}
