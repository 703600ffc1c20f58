//! `zhida demo`: the whole way in one go, from departments' tables to a
//! running service. It only calls the other commands.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Result;
use jiff::civil::Date;
use zhida_pipeline::train::HOLDOUT;
use zhida_serve::refuse_address;

use crate::{
    command::{build, matches, push, serve, synth, train},
    input::Definitions,
    output::{self, Format},
    snapshot::From,
};

/// Arguments of `zhida demo`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder for everything the demo makes
    #[arg(long, value_name = "DIR", default_value = "demo")]
    out: PathBuf,
    /// Number of enterprises
    #[arg(long, default_value_t = 300)]
    enterprises: u64,
    /// Number of citizens
    #[arg(long, default_value_t = 1_500)]
    citizens: u64,
    /// Data cut-off, and the day judged
    #[arg(long, default_value = "2026-03-31")]
    known_at: Date,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080")]
    bind: SocketAddr,
    /// Stop before serving
    #[arg(long)]
    no_serve: bool,
    #[command(flatten)]
    definitions: Definitions,
}

/// Invents feedback and learns from it.
fn learn(from: &dyn Fn() -> From) -> Result<()> {
    synth::feedback(&synth::FeedbackArguments {
        from: from(),
        out: None,
        seed: 2026,
        format: Format::Table,
    })?;
    train::run(&train::Arguments {
        from: from(),
        feedback: None,
        out: None,
        until: None,
        holdout: HOLDOUT,
        seed: 2026,
        trained_on: None,
        format: Format::Table,
    })?;
    Ok(())
}

/// Makes the departments' tables.
fn tables(arguments: &Arguments) -> Result<()> {
    synth::run(&synth::Arguments {
        what: None,
        out: Some(arguments.out.join("tables")),
        enterprises: arguments.enterprises,
        citizens: arguments.citizens,
        seed: 2026,
        known_at: arguments.known_at,
        form: synth::Form::Mixed,
        fault_rate: 0.005,
        definitions: arguments.definitions.clone(),
        format: Format::Table,
    })?;
    Ok(())
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let (out, day) = (&arguments.out, arguments.known_at);
    if !arguments.no_serve {
        refuse_address(arguments.bind)?;
    }
    output::say("1. departments' tables");
    tables(arguments)?;
    output::say("\n2. dossiers");
    let key_file = out.join("key.hex");
    let report = build::execute(&build::Arguments {
        tables: out.join("tables"),
        out: out.join("data"),
        known_at: day,
        key_file: key_file.clone(),
        snapshot: None,
        accept_gaps: false,
        new_key: false,
        definitions: arguments.definitions.clone(),
        format: Format::Table,
    })?;
    output::say(report.summary().trim_end());
    output::say(&format!("full report: {}", out.join("data/quality.json").display()));
    let data = out.join("data");
    let from = || From { data: data.clone(), policies: None, as_of: Some(day) };
    output::say("\n3. invented feedback, and an order learned from it");
    learn(&from)?;
    output::say("\n4. matches");
    matches::run(&matches::Arguments {
        from: from(),
        out: None,
        best: 10,
        plain: false,
        format: Format::Table,
    })?;
    output::say("\n5. pushes");
    push::run(&push::Arguments {
        data: data.clone(),
        state: None,
        as_of: Some(day),
        per_recipient: 5,
        format: Format::Table,
    })?;
    if arguments.no_serve {
        return Ok(true);
    }
    output::say("\n6. service");
    serve::run(&serve::Arguments {
        data,
        bind: arguments.bind,
        state: None,
        key_file: Some(key_file),
        as_of: Some(day),
    })
}
