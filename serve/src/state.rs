//! What every handler shares: the engine in force, the state, the token.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use jiff::civil::Date;
use tokio::sync::Semaphore;
use zhida_model::domain::{KeySecret, SubjectKey, SubjectKind};

use crate::{
    clock,
    db::Database,
    engine::{Engine, EngineError, Trained},
    problem::{FieldError, Problem},
};

/// How long a request waits for a free worker.
const WAIT: Duration = Duration::from_secs(2);

/// What is shared, behind one pointer.
pub type State = Arc<Shared>;

/// The shared state of a running service.
#[derive(Debug)]
pub struct Shared {
    engine: RwLock<Arc<Engine>>,
    root: PathBuf,
    /// State in SQL.
    pub db: Database,
    token: Token,
    /// Turns a number into a key, where it is configured.
    pub secret: Option<KeySecret>,
    /// When the service started.
    pub started: Instant,
    fixed_day: Option<Date>,
    work: Semaphore,
}

/// The token of the service. It does not show itself in `Debug`.
#[derive(Clone)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Token {
    /// A token somebody chose.
    #[must_use]
    pub fn new(text: String) -> Token {
        Token(text)
    }

    /// A fresh token of 256 random bits.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn random() -> Result<Token, getrandom::Error> {
        Ok(Token(random_hex::<32>()?))
    }

    /// The text, to be printed once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether the text is the token, in a time that does not tell how much
    /// of it is right.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        use subtle::ConstantTimeEq;
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

/// Random bytes as hexadecimal digits.
///
/// # Errors
/// When the system has no random bytes.
pub fn random_hex<const BYTES: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Shared {
    /// The state of a service over the snapshot at `root`.
    #[must_use]
    pub fn new(
        engine: Engine,
        root: PathBuf,
        db: Database,
        token: Token,
        secret: Option<KeySecret>,
        fixed_day: Option<Date>,
    ) -> Shared {
        let workers = std::thread::available_parallelism().map_or(2, |count| count.get() * 2);
        Shared {
            engine: RwLock::new(Arc::new(engine)),
            root,
            db,
            token,
            secret,
            started: Instant::now(),
            fixed_day,
            work: Semaphore::new(workers),
        }
    }

    /// The engine in force. A request keeps the one it began with.
    #[must_use]
    pub fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.engine.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// The day judged when a request names none: today, unless fixed.
    #[must_use]
    pub fn default_day(&self) -> Date {
        self.fixed_day.unwrap_or_else(clock::today)
    }

    /// The day a request is about. A day before the data cut-off is refused:
    /// judging it with later data would be a leak from the future.
    ///
    /// # Errors
    /// [`Problem::Unprocessable`].
    pub fn day_judged(&self, asked: Option<&str>, known_at: Date) -> Result<Date, Problem> {
        let Some(text) = asked else { return Ok(self.default_day().max(known_at)) };
        let day = parse_day("as_of", text)?;
        if day < known_at {
            let message = format!("the data reach to {known_at}; name that day or a later one");
            return Err(Problem::field("as_of", message));
        }
        Ok(day)
    }

    /// Where a subject stands, or 404.
    ///
    /// # Errors
    /// [`Problem::NotFound`], or a broken index.
    pub fn locate(engine: &Engine, key: SubjectKey) -> Result<(SubjectKind, u32), Problem> {
        engine.find(key)?.ok_or_else(|| {
            Problem::NotFound("the snapshot holds no subject with this key".to_owned())
        })
    }

    /// Runs work that keeps a processor busy away from the threads that serve.
    ///
    /// # Errors
    /// [`Problem::TooManyRequests`] when no worker comes free in time, or
    /// what the work itself returns.
    pub async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Engine) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = tokio::time::timeout(WAIT, self.work.acquire()).await;
        let _permit = match permit {
            Ok(Ok(permit)) => permit,
            Ok(Err(_)) | Err(_) => return Err(Problem::TooManyRequests),
        };
        let engine = self.engine();
        tokio::task::spawn_blocking(move || work(&engine)).await.map_err(Problem::internal)?
    }

    /// Takes a newer snapshot, or another trained order, into use, if there is one. Returns its version.
    ///
    /// # Errors
    /// When the newer one cannot be served; the old one stays in force.
    pub fn reload(&self) -> Result<Option<String>, EngineError> {
        let manifest = zhida_store::Snapshot::manifest_of(&self.root)?;
        let engine = self.engine();
        let same = manifest.version == engine.snapshot.manifest().version;
        if same && engine.trained == Trained::of(&self.root) {
            return Ok(None);
        }
        let engine = Arc::new(Engine::open(&self.root)?);
        let version = engine.snapshot.manifest().version.clone();
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = engine;
        Ok(Some(version))
    }
}

/// A civil day in a query or body.
///
/// # Errors
/// [`Problem::Unprocessable`] naming the field; days outside 1949..=2200 are
/// refused too.
pub fn parse_day(field: &str, text: &str) -> Result<Date, Problem> {
    let day: Option<Date> = text.parse().ok();
    day.filter(|day| (1949..=2200).contains(&day.year())).ok_or_else(|| Problem::Unprocessable {
        detail: format!("`{field}` is a day such as 2026-01-31"),
        errors: vec![FieldError {
            field: field.to_owned(),
            message: "not a day such as 2026-01-31".to_owned(),
        }],
    })
}
