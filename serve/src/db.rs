//! State in SQL: SQLite in a file by default, PostgreSQL by another address.
//!
//! Both run the same migrations and the same statements, which keep to what
//! the two have in common: `$1` parameters, text, whole numbers, and
//! `ON CONFLICT`.

use sqlx::{Any, AnyPool, Transaction, any::AnyPoolOptions};

use crate::problem::Problem;

/// Longest time a writer waits for another, in milliseconds.
const BUSY_MS: u32 = 10_000;

/// Connections held open.
const CONNECTIONS: u32 = 8;

/// Why the state cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The address is of neither database.
    #[error(
        "a state address starts with `sqlite:` or `postgres:`; for a file write `sqlite://state.db`"
    )]
    Address,
    /// It cannot be reached or opened.
    #[error("cannot open the state: {0}")]
    Open(sqlx::Error),
    /// The tables cannot be brought up to date.
    #[error("cannot bring the state up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// The state of the service.
#[derive(Debug, Clone)]
pub struct Database {
    /// The connections.
    pub pool: AnyPool,
    sqlite: bool,
}

impl Database {
    /// Opens the state and brings its tables up to date. An SQLite file is
    /// created where there is none.
    ///
    /// # Errors
    /// [`DatabaseError`]; the address, which may hold a password, is not
    /// repeated.
    pub async fn connect(address: &str) -> Result<Database, DatabaseError> {
        sqlx::any::install_default_drivers();
        let sqlite = address.starts_with("sqlite:");
        if !sqlite && !address.starts_with("postgres:") && !address.starts_with("postgresql:") {
            return Err(DatabaseError::Address);
        }
        let address = match (sqlite, address.contains('?')) {
            (true, false) => format!("{address}?mode=rwc"),
            _ => address.to_owned(),
        };
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if sqlite {
                        let pragmas = format!(
                            "PRAGMA busy_timeout = {BUSY_MS}; PRAGMA journal_mode = WAL; \
                             PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"
                        );
                        sqlx::raw_sql(sqlx::AssertSqlSafe(pragmas)).execute(connection).await?;
                    }
                    Ok(())
                })
            })
            .connect(&address)
            .await
            .map_err(DatabaseError::Open)?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        Ok(Database { pool, sqlite })
    }

    /// Begins a transaction that writes. In SQLite it takes the write lock at
    /// once: one that starts by reading could not wait for another writer.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        if self.sqlite {
            self.pool.begin_with("BEGIN IMMEDIATE").await
        } else {
            self.pool.begin().await
        }
    }

    /// Whether the state answers.
    ///
    /// # Errors
    /// [`Problem::Internal`] with the cause.
    pub async fn ping(&self) -> Result<(), Problem> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }
}
