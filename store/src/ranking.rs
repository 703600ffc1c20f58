//! The trained order of a data folder: `ranker.json` with the histories of
//! `feedback.parquet` beside it. Batch, service and Python read it here.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use zhida_model::{
    ranking::{Histories, Ranker, RankerError, Ranking, Shelf},
    rules::program::Program,
};

use crate::feedback::{self, FEEDBACK, FeedbackError};

/// Name of the ranker in a data folder.
pub const RANKER: &str = "ranker.json";

/// Why a trained order cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RankingError {
    /// The file cannot be read.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no ranker of this program.
    #[error("`{}`: {source}", path.display())]
    Ranker {
        /// The file.
        path: PathBuf,
        /// Why.
        source: RankerError,
    },
    /// The histories cannot be read.
    #[error(transparent)]
    Feedback(#[from] FeedbackError),
}

/// The trained order of a data folder; `None` where nothing was trained.
///
/// # Errors
/// [`RankingError`]: a ranker that is there and cannot be used is never
/// passed over in silence.
pub fn ranking(root: &Path, program: &Program) -> Result<Option<Ranking>, RankingError> {
    let path = root.join(RANKER);
    let json = match std::fs::read_to_string(&path) {
        Ok(json) => json,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(RankingError::Io { path, source }),
    };
    let ranker = Ranker::read(&json).map_err(|source| RankingError::Ranker { path, source })?;
    let log = root.join(FEEDBACK);
    let histories = if log.exists() {
        feedback::histories(&feedback::read(&log)?)
    } else {
        Histories::default()
    };
    Ok(Some(Ranking {
        ranker: Arc::new(ranker),
        shelf: Arc::new(Shelf::new(program)),
        histories: Arc::new(histories),
    }))
}
