//! `zhida synth`: source tables of any size, with faults and a ledger of them.

use std::path::PathBuf;

use anyhow::{Result, bail};
use jiff::civil::Date;
use zhida_pipeline::synth::{Format, SynthOptions, synth};

use crate::{
    input::Definitions,
    output::{self, Format as Print},
};

/// Arguments of `zhida synth`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder that receives the tables and ledger.json
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Number of enterprises
    #[arg(long, default_value_t = 300)]
    pub enterprises: u64,
    /// Number of citizens
    #[arg(long, default_value_t = 1_500)]
    pub citizens: u64,
    /// Seed of everything drawn
    #[arg(long, default_value_t = 2026)]
    pub seed: u64,
    /// Data cut-off
    #[arg(long, default_value = "2026-03-31")]
    pub known_at: Date,
    /// Form of the files
    #[arg(long, value_enum, default_value = "mixed")]
    pub form: Form,
    /// Share of rows that get a fault of each kind, 0 to 0.05
    #[arg(long, default_value_t = 0.005)]
    pub fault_rate: f64,
    #[command(flatten)]
    pub definitions: Definitions,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    pub format: Print,
}

/// Form of the files.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Form {
    /// CSV in each table's encoding
    Csv,
    /// Parquet
    Parquet,
    /// CSV, some compressed, some Parquet
    Mixed,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    if !(0.0..=0.05).contains(&arguments.fault_rate) {
        bail!("`--fault-rate {}` is not between 0 and 0.05", arguments.fault_rate);
    }
    let reference = arguments.definitions.require_reference()?;
    let bar = output::progress(arguments.citizens + arguments.enterprises, "synth");
    let report = synth(&SynthOptions {
        seed: arguments.seed,
        enterprises: arguments.enterprises,
        citizens: arguments.citizens,
        known_at: arguments.known_at,
        format: match arguments.form {
            Form::Csv => Format::Csv,
            Form::Parquet => Format::Parquet,
            Form::Mixed => Format::Mixed,
        },
        out: arguments.out.clone(),
        fault_rate: arguments.fault_rate,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        catalogue: &reference.catalogue,
        regions: &reference.regions,
        industries: &reference.industries,
        progress: &|progress| bar.set_position(progress.done),
    })?;
    bar.finish_and_clear();
    match arguments.format {
        Print::Json => output::say(&serde_json::to_string_pretty(&report)?),
        Print::Table => {
            let rows: u64 = report.rows.values().sum();
            let faults: u64 = report.faults.values().flat_map(|kinds| kinds.values()).sum();
            output::say(&format!(
                "{} enterprises and {} citizens: {} rows in {} tables, {} planted faults (ledger.json), in `{}`",
                output::thousands(arguments.enterprises),
                output::thousands(arguments.citizens),
                output::thousands(rows),
                report.rows.len(),
                output::thousands(faults),
                arguments.out.display(),
            ));
        }
    }
    Ok(true)
}
