//! Starting and stopping: opens the snapshot, binds, serves, takes newer
//! snapshots into use, and ends when it is told to.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::civil::Date;
use tokio::net::TcpListener;
use zhida_model::domain::{KeyError, KeySecret};
use zhida_store::Snapshot;

use crate::{
    app::app,
    db::{Database, DatabaseError},
    engine::{Engine, EngineError},
    state::{Shared, State, Token},
};

/// How often the service looks for a newer snapshot.
const LOOK: Duration = Duration::from_secs(5);

/// How a service is started.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Directory that holds `snapshots`.
    pub root: PathBuf,
    /// Address to bind; only loopback is accepted. Port 0 takes a free one.
    pub bind: SocketAddr,
    /// Address of the state: `sqlite://state.db` or `postgres://…`.
    pub state: String,
    /// File with the key secret in hexadecimal digits, for the lookup of
    /// numbers; without it that route answers 503.
    pub key_file: Option<PathBuf>,
    /// A token to use instead of a random one.
    pub token: Option<Token>,
    /// The day judged when a request names none; today where absent.
    pub as_of: Option<Date>,
}

/// What a command prints once the service answers.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Where it listens.
    pub address: SocketAddr,
    /// The token.
    pub token: Token,
    /// Version of the snapshot.
    pub snapshot: String,
    /// Data cut-off.
    pub known_at: Date,
    /// Number of versions of policies.
    pub policies: usize,
    /// Time from the call to the first possible answer.
    pub took: Duration,
    /// The key of some subject, to try the routes with; `None` when the
    /// snapshot is empty.
    pub example: Option<String>,
}

/// Why a service does not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address that others can reach.
    #[error(
        "`{0}` is no loopback address: until there are roles the service listens on 127.0.0.1 or [::1] only; put nothing in front of it"
    )]
    NotLoopback(SocketAddr),
    /// The address is taken or not allowed.
    #[error("cannot listen on `{address}`: {source}: {}", choose_another(source))]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The snapshot cannot be served.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The state cannot be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The file of the key secret cannot be read.
    #[error("cannot read the key secret in `{}`: {source}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The key secret is no such.
    #[error("in `{}`: {source}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyError,
    },
    /// The key secret is not the one behind the snapshot.
    #[error(
        "the key secret in `{}` is not the one the snapshot was built with, so nobody could be looked up: give the file that `zhida build --key-file` was given",
        path.display()
    )]
    OtherKey {
        /// The file.
        path: PathBuf,
    },
    /// No random bytes for a token.
    #[error("the system has no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// A thread was stopped.
    #[error("opening the snapshot was stopped: {0}")]
    Stopped(#[from] tokio::task::JoinError),
    /// The listener failed.
    #[error("serving ended: {0}")]
    Serving(std::io::Error),
}

/// What to do about an address that cannot be had.
fn choose_another(source: &std::io::Error) -> &'static str {
    match source.kind() {
        std::io::ErrorKind::AddrInUse => {
            "another program listens there; end it, or choose another port with \
             `--bind 127.0.0.1:8081` (with `make demo`: `ADDRESS=127.0.0.1:8081`)"
        }
        _ => {
            "choose another address with `--bind 127.0.0.1:8081` (with `make demo`: \
             `ADDRESS=127.0.0.1:8081`)"
        }
    }
}

/// Says at once whether an address could be served on, before work is done
/// that would be in vain.
///
/// # Errors
/// [`ServeError::NotLoopback`] or [`ServeError::Bind`].
pub fn refuse_address(address: SocketAddr) -> Result<(), ServeError> {
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    std::net::TcpListener::bind(address)
        .map(drop)
        .map_err(|source| ServeError::Bind { address, source })
}

/// Serves until `stop` comes. `ready` is called once, when the service answers.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    options: ServeOptions,
    stop: impl Future<Output = ()> + Send + 'static,
    ready: impl FnOnce(&Ready),
) -> Result<(), ServeError> {
    let begun = Instant::now();
    if !options.bind.ip().is_loopback() {
        return Err(ServeError::NotLoopback(options.bind));
    }
    let listener = TcpListener::bind(options.bind)
        .await
        .map_err(|source| ServeError::Bind { address: options.bind, source })?;
    let address = listener.local_addr().map_err(ServeError::Serving)?;
    let state = open(&options).await?;
    let engine = state.engine();
    ready(&Ready {
        address,
        token: state.token().clone(),
        snapshot: engine.snapshot.manifest().version.clone(),
        known_at: engine.known_at(),
        policies: engine.rules.program.policies.len(),
        took: begun.elapsed(),
        example: example(&engine),
    });
    let keeper = tokio::spawn(keep_current(State::clone(&state)));
    let served = axum::serve(listener, app(state)).with_graceful_shutdown(stop).await;
    keeper.abort();
    served.map_err(ServeError::Serving)
}

/// Completes on Ctrl-C or on the signal to terminate. Both are listened for
/// from the call on, not from the first poll: a service that has said it is
/// ready ends in order whenever the signal comes.
///
/// Called inside a runtime.
pub fn signalled() -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
        async move {
            let [interrupt, terminate] = signals.map(|signal| async {
                match signal {
                    Ok(mut signal) => drop(signal.recv().await),
                    Err(_) => std::future::pending().await,
                }
            });
            tokio::select! {
                () = interrupt => {}
                () = terminate => {}
            }
        }
    }
    #[cfg(not(unix))]
    async {
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// The shared state of a service with these options.
///
/// # Errors
/// As [`serve`].
pub async fn open(options: &ServeOptions) -> Result<State, ServeError> {
    // Before anything is made beside the snapshots, whether there are any.
    let manifest = Snapshot::manifest_of(&options.root).map_err(EngineError::from)?;
    let secret = match &options.key_file {
        Some(path) => Some(secret(path, manifest.key_id.as_deref())?),
        None => None,
    };
    let root = options.root.clone();
    let engine = tokio::task::spawn_blocking(move || Engine::open(&root));
    let db = Database::connect(&options.state);
    let (engine, db) = tokio::join!(engine, db);
    let engine = engine??;
    let db = db?;
    crate::pushes::forget_old_keys(&db).await.map_err(DatabaseError::Silent)?;
    let token = match &options.token {
        Some(token) => token.clone(),
        None => Token::random()?,
    };
    Ok(Arc::new(Shared::new(engine, options.root.clone(), db, token, secret, options.as_of)))
}

/// The secret in a file, which must be the one whose id the snapshot carries.
fn secret(path: &Path, wanted: Option<&str>) -> Result<KeySecret, ServeError> {
    let path = path.to_owned();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(ServeError::KeyFile { path, source }),
    };
    match KeySecret::from_hex(&text) {
        Ok(secret) if wanted.is_none_or(|wanted| wanted == secret.id()) => Ok(secret),
        Ok(_) => Err(ServeError::OtherKey { path }),
        Err(source) => Err(ServeError::Key { path, source }),
    }
}

/// The first subject of the larger table.
fn example(engine: &Engine) -> Option<String> {
    use zhida_model::domain::SubjectKind;
    let kind = SubjectKind::ALL.into_iter().max_by_key(|kind| engine.snapshot.rows(*kind))?;
    let (frame, row) = engine.snapshot.locate(kind, 0).ok()?;
    Some(frame.key(row).to_string())
}

/// Verifies the snapshot in the background, then looks for newer ones.
async fn keep_current(state: State) {
    verify(&state).await;
    loop {
        tokio::time::sleep(LOOK).await;
        let looking = State::clone(&state);
        match tokio::task::spawn_blocking(move || looking.reload()).await {
            Ok(Ok(Some(version))) => {
                tracing::info!(%version, "a newer snapshot is in force");
                verify(&state).await;
            }
            Ok(Ok(None)) => {}
            Ok(Err(error)) => tracing::error!(%error, "a newer snapshot cannot be served"),
            Err(error) => tracing::error!(%error, "looking for a newer snapshot was stopped"),
        }
    }
}

async fn verify(state: &State) {
    let engine = state.engine();
    let day = state.default_day();
    let done = tokio::task::spawn_blocking(move || {
        // The day most requests will be about, ready before the first one.
        drop(engine.day(day));
        engine.verify()
    });
    match done.await {
        Ok(Ok(())) => tracing::info!("every block of the snapshot is verified"),
        Ok(Err(error)) => tracing::error!(
            %error,
            "the snapshot is damaged; another one is taken into use without a restart"
        ),
        Err(error) => tracing::error!(%error, "verifying the snapshot was stopped"),
    }
}
