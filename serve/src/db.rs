//! State in SQL: SQLite in a file by default, PostgreSQL by another address.
//!
//! Both run the same migrations and the same statements, which keep to what
//! the two have in common: `$1` parameters, text, whole numbers, and
//! `ON CONFLICT`.

use std::path::PathBuf;

use sqlx::{Any, AnyConnection, AnyPool, Connection, Transaction, any::AnyPoolOptions};

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
    /// The folder of the file is not there.
    #[error(
        "cannot keep the state in `{}`: there is no folder `{}`: create it, or name another file with `--state sqlite://FILE`",
        path.display(), folder.display()
    )]
    Folder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// The file cannot be opened or written.
    #[error("cannot keep the state in `{}`: {}", path.display(), remedy(source))]
    File {
        /// The file.
        path: PathBuf,
        /// What the database says.
        source: sqlx::Error,
    },
    /// The server cannot be reached.
    #[error(
        "cannot reach the database of the state: {0}: check that it runs, and the address in `--state` or `ZHIDA_STATE`"
    )]
    Server(sqlx::Error),
    /// It was opened, and then did not answer.
    #[error("the state does not answer: {0}")]
    Silent(sqlx::Error),
    /// The tables cannot be brought up to date.
    #[error(
        "cannot bring the state{} up to date: {source}: it was made by a newer version or by another program; use that one, or name another state with `--state`",
        path.as_ref().map(|path| format!(" in `{}`", path.display())).unwrap_or_default()
    )]
    Migrate {
        /// The file, where it is one.
        path: Option<PathBuf>,
        /// What the database says.
        source: sqlx::migrate::MigrateError,
    },
}

/// What is wrong with a file, and what to do about it.
fn remedy(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(|error| error.code());
    // The low byte of an extended code is the primary one (sqlite.org/rescode.html).
    match code.and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff) {
        Some(11 | 26) => "it is no SQLite database, or a damaged one: restore it from a copy; or \
             move it away, and pushes and preferences begin anew"
            .to_owned(),
        Some(3 | 8 | 14 | 23) => "it cannot be written: let this user write the file and its \
             folder, or name another file with `--state sqlite://FILE`"
            .to_owned(),
        Some(5 | 6) => "another program holds it: end that program, then try again".to_owned(),
        Some(10 | 13) => "the disk is full or fails: make room, then try again".to_owned(),
        _ => format!("{error}: name another file with `--state sqlite://FILE`"),
    }
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
        let path = if sqlite { file(&address)? } else { None };
        let failed = |source| match &path {
            Some(path) => DatabaseError::File { path: path.clone(), source },
            None => DatabaseError::Server(source),
        };
        // A pool tries again for half a minute, whatever is wrong; one
        // connection says it at once.
        let mut first = AnyConnection::connect(&address).await.map_err(failed)?;
        prepare(&mut first, sqlite).await.map_err(failed)?;
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .after_connect(move |connection, _| Box::pin(prepare(connection, sqlite)))
            .connect(&address)
            .await
            .map_err(failed)?;
        first.close().await.map_err(failed)?;
        let migrated = sqlx::migrate!("./migrations").run(&pool).await;
        migrated.map_err(|source| DatabaseError::Migrate { path, source })?;
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

/// Sets a connection up, and reads the head of the file.
async fn prepare(connection: &mut AnyConnection, sqlite: bool) -> Result<(), sqlx::Error> {
    if sqlite {
        let pragmas = format!(
            "PRAGMA busy_timeout = {BUSY_MS}; PRAGMA journal_mode = WAL; \
             PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(pragmas)).execute(connection).await?;
    }
    Ok(())
}

/// The file of an SQLite address, whose folder must be there; `None` for a
/// state in memory.
fn file(address: &str) -> Result<Option<PathBuf>, DatabaseError> {
    let text = address.strip_prefix("sqlite:").unwrap_or(address);
    let text = text.strip_prefix("//").unwrap_or(text);
    let text = text.split('?').next().unwrap_or_default();
    if text.is_empty() || text == ":memory:" {
        return Ok(None);
    }
    let path = PathBuf::from(text);
    match path.parent() {
        // Escapes are for the database to read.
        Some(folder)
            if !folder.as_os_str().is_empty() && !text.contains('%') && !folder.is_dir() =>
        {
            Err(DatabaseError::Folder { folder: folder.to_owned(), path })
        }
        _ => Ok(Some(path)),
    }
}
