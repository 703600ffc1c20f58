//! In progress.
use anyhow::Result;
/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Arguments {}
/// Runs the command.
pub fn run(_: &Arguments) -> Result<bool> { anyhow::bail!("not wired yet") }
