//! `zhida serve`: answers portals over HTTP from a snapshot.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result};
use jiff::civil::Date;
use zhida_serve::{Ready, ServeOptions, serve, signalled};

use crate::output;

/// Arguments of `zhida serve`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder that holds snapshots/, as written by `zhida build`
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Where to listen; loopback only until there are roles
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub bind: SocketAddr,
    /// Where pushes and preferences are kept: sqlite://… or postgres://…; a file in the data folder by default
    #[arg(long, value_name = "ADDRESS", env = "ZHIDA_STATE")]
    pub state: Option<String>,
    /// File with the secret behind subject keys, for looking numbers up
    #[arg(long, value_name = "FILE", env = "ZHIDA_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// The day judged when a request names none; today by default
    #[arg(long)]
    pub as_of: Option<Date>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let options = ServeOptions {
        root: arguments.data.clone(),
        bind: arguments.bind,
        state: state(arguments.state.as_deref(), &arguments.data),
        key_file: arguments.key_file.clone(),
        token: None,
        as_of: arguments.as_of,
    };
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,zhida_serve=info")),
        )
        .init();
    let asked = arguments.as_of.unwrap_or_else(zhida_serve::clock::today);
    let ready = |ready: &Ready| {
        output::day_judged(asked, ready.known_at);
        announce(ready);
    };
    runtime()?.block_on(async { serve(options, signalled(), ready).await })?;
    Ok(true)
}

/// The address of the state: the one given, or a file beside the snapshots.
pub fn state(given: Option<&str>, data: &std::path::Path) -> String {
    given.map_or_else(|| format!("sqlite://{}", data.join("state.db").display()), str::to_owned)
}

/// A runtime with as many threads as the machine has.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

fn announce(ready: &Ready) {
    let address = ready.address;
    let token = &ready.token;
    output::say(&format!(
        "snapshot {} (data until {}), {} policy versions, ready in {} ms",
        ready.snapshot,
        ready.known_at,
        ready.policies,
        ready.took.as_millis()
    ));
    output::say(&format!("open   http://{address}/        start page"));
    output::say(&format!("       http://{address}/docs    every route, to try"));
    output::say(&format!("token  {}", token.reveal()));
    if let Some(example) = &ready.example {
        let bearer = format!("-H 'Authorization: Bearer {}'", token.reveal());
        output::say("try");
        output::say(&format!("  curl http://{address}/v1/policies"));
        output::say(&format!(
            "  curl {bearer} http://{address}/v1/subjects/{example}/recommendations"
        ));
        output::say(&format!(
            "  curl -H 'Content-Type: application/json' -d '{{\"kind\":\"citizen\",\"values\":{{\"birth_date\":\"1943-05-01\",\"hukou_region\":\"310000\"}}}}' http://{address}/v1/match"
        ));
    }
}
