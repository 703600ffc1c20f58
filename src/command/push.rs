//! `zhida push`: lists what is new for each subject since the last run.

use std::path::PathBuf;

use anyhow::Result;
use jiff::civil::Date;
use zhida_serve::{
    ServeOptions, open,
    push::{PushOptions, push_run},
};

use crate::{
    command::serve::{runtime, state},
    output::{self, Format, thousands},
};

/// Arguments of `zhida push`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder that holds snapshots/, as written by `zhida build`
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Where pushes and preferences are kept: sqlite://… or postgres://…; a file in the data folder by default
    #[arg(long, value_name = "ADDRESS", env = "ZHIDA_STATE")]
    pub state: Option<String>,
    /// The day judged; today by default
    #[arg(long)]
    pub as_of: Option<Date>,
    /// Pushes one recipient gets in one run; the rest is counted in the digest
    #[arg(long, default_value_t = 5)]
    pub per_recipient: usize,
    /// How to print the result
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let asked = arguments.as_of.unwrap_or_else(zhida_serve::clock::today);
    let options = ServeOptions {
        root: arguments.data.clone(),
        bind: ([127, 0, 0, 1], 0).into(),
        state: state(arguments.state.as_deref(), &arguments.data),
        key_file: None,
        token: None,
        as_of: Some(asked),
    };
    let bar = output::progress(0, "push");
    let report = runtime()?.block_on(async {
        let shared = open(&options).await?;
        let as_of = output::day_judged(asked, shared.engine().known_at());
        let limits =
            PushOptions { per_recipient: arguments.per_recipient, ..PushOptions::on(as_of) };
        let report = push_run(&shared.db, &shared.engine(), limits, |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        })
        .await?;
        anyhow::Ok(report)
    })?;
    bar.finish_and_clear();
    match arguments.format {
        Format::Json => output::say(&serde_json::to_string_pretty(&report)?),
        Format::Table => {
            if !report.policies.is_empty() {
                let rows = report
                    .policies
                    .iter()
                    .map(|policy| {
                        vec![
                            policy.title.clone(),
                            policy.version.clone(),
                            thousands(policy.created as u64),
                        ]
                    })
                    .collect();
                output::say(&output::table(&["policy", "version", "new"], &[2], rows));
            }
            output::say(&format!(
                "{} new pushes for {} recipients ({} beyond the cap of {}), {} unchanged, {} withdrawn, {} switched off, {} unreachable",
                thousands(report.created as u64),
                thousands(report.recipients as u64),
                thousands(report.digested as u64),
                arguments.per_recipient,
                thousands(report.unchanged as u64),
                thousands(report.withdrawn as u64),
                thousands(report.refused as u64),
                thousands(report.unreachable as u64),
            ));
        }
    }
    Ok(true)
}
