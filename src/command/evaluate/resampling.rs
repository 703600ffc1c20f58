//! The options of intervals and tests, the same for every subcommand.

use zhida_model::metrics::interval::Resampling;

/// How intervals and tests are made.
#[derive(Debug, clap::Args)]
pub(super) struct Intervals {
    /// Probability with which an interval covers the true value
    #[arg(long, default_value_t = 0.95, value_name = "SHARE")]
    level: f64,
    /// Bootstrap replicates, and permutations where there are more than 2^20
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    samples: u32,
    /// Seed of what is drawn at random
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

impl Intervals {
    /// As the library takes them.
    pub(super) fn resampling(&self) -> Resampling {
        Resampling { level: self.level, samples: self.samples, seed: self.seed }
    }
}
