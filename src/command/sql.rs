//! `zhida sql POLICY`: a policy as SQL over the dossier tables.

use anyhow::{Result, bail};
use jiff::civil::Date;
use zhida_model::{
    matching::select,
    rules::{
        dated::Dated,
        sql::{Dialect, policy_sql},
    },
};

use crate::{input::Definitions, output};

/// Arguments of `zhida sql`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Policy id
    policy: String,
    /// Version; the one the day selects by default
    #[arg(long)]
    version: Option<String>,
    /// For which engine
    #[arg(long, value_enum, default_value = "duckdb")]
    dialect: Engine,
    /// The day judged; today by default
    #[arg(long)]
    as_of: Option<Date>,
    /// Data cut-off; the day judged by default
    #[arg(long)]
    known_at: Option<Date>,
    #[command(flatten)]
    definitions: Definitions,
}

/// For which engine.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Engine {
    /// DuckDB
    Duckdb,
    /// Spark SQL
    Spark,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let (reference, program) = arguments.definitions.require_program()?;
    let as_of = arguments.as_of.unwrap_or_else(zhida_serve::clock::today);
    let known_at = arguments.known_at.unwrap_or(as_of);
    let dated = Dated::new(&program, &reference, as_of, known_at);
    let wanted = |id: &str, version: &str| {
        id == arguments.policy && arguments.version.as_deref().is_none_or(|asked| asked == version)
    };
    let of_day = select(&program, dated.as_of);
    let policies: Vec<_> = if arguments.version.is_some() {
        program
            .policies
            .iter()
            .filter(|policy| wanted(&policy.key.id, &policy.key.version))
            .collect()
    } else {
        of_day
            .iter()
            .map(|selected| selected.policy)
            .filter(|policy| wanted(&policy.key.id, &policy.key.version))
            .collect()
    };
    if policies.is_empty() {
        bail!(
            "no version of `{}` is judged on {as_of}: check the id, or choose one with --version",
            arguments.policy
        );
    }
    let dialect = match arguments.dialect {
        Engine::Duckdb => Dialect::DuckDb,
        Engine::Spark => Dialect::Spark,
    };
    for policy in policies {
        output::say(&policy_sql(&dated, policy, dialect));
    }
    Ok(true)
}
