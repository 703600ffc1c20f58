//! `zhida synth`: source tables of any size, with faults and a ledger of them.

use std::path::PathBuf;

use anyhow::{Result, bail};
use jiff::civil::Date;
use zhida_pipeline::{
    feedback::{self, FeedbackOptions, TRUTH},
    synth::{Format, SynthOptions, synth},
};
use zhida_store::feedback::{FEEDBACK, write};

use crate::{
    input::Definitions,
    output::{self, Format as Print, thousands},
    snapshot::From,
};

/// Arguments of `zhida synth`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub what: Option<What>,
    /// Folder that receives the tables and ledger.json
    #[arg(long, value_name = "DIR", required = true)]
    pub out: Option<PathBuf>,
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

/// What is made instead of tables.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Half a year of lists and what became of them, with the truth beside them
    Feedback(FeedbackArguments),
}

/// Arguments of `zhida synth feedback`.
#[derive(Debug, clap::Args)]
pub struct FeedbackArguments {
    #[command(flatten)]
    pub from: From,
    /// Folder that receives feedback.parquet and truth.parquet; the data folder by default
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Seed of everything drawn
    #[arg(long, default_value_t = 2026)]
    pub seed: u64,
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
    if let Some(What::Feedback(arguments)) = &arguments.what {
        return feedback(arguments);
    }
    let Some(out) = &arguments.out else { bail!("name a folder for the tables with `--out DIR`") };
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
        out: out.clone(),
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
                out.display(),
            ));
        }
    }
    Ok(true)
}

/// Invents feedback for the dossiers of a data folder.
pub fn feedback(arguments: &FeedbackArguments) -> Result<bool> {
    let opened = arguments.from.open()?;
    let out = arguments.out.as_ref().unwrap_or(&arguments.from.data);
    std::fs::create_dir_all(out)?;
    let bar = output::progress(26, "feedback");
    let options = FeedbackOptions { seed: arguments.seed, known_at: opened.known_at };
    let made = feedback::simulate(
        &opened.program,
        &opened.reference,
        &opened.world,
        options,
        &|done, of| {
            bar.set_length(of);
            bar.set_position(done);
        },
    );
    bar.finish_and_clear();
    write(&out.join(FEEDBACK), &made.log)?;
    feedback::write_truth(&out.join(TRUTH), &made.truth)?;
    let report = &made.report;
    match arguments.format {
        Print::Json => output::say(&serde_json::to_string_pretty(report)?),
        Print::Table => output::say(&format!(
            "{} lists with {} entries: {} opened, {} applied for, {} approved, {} put away; invented feedback in `{}`, its truth in `{}`",
            thousands(report.lists),
            thousands(report.entries),
            thousands(report.opened),
            thousands(report.applied),
            thousands(report.approved),
            thousands(report.dismissed),
            out.join(FEEDBACK).display(),
            out.join(TRUTH).display(),
        )),
    }
    Ok(true)
}
