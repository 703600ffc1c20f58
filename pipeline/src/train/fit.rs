//! The weighted logistic likelihood, minimised with L-BFGS (argmin).
//!
//! Row i has a weight w, a target t and log-odds z = b + x·β; it costs
//! w·(ln(1 + e^z) − t·z). A target may lie above one: a click at a place that
//! is looked at with probability θ stands for 1/θ clicks (inverse propensity
//! scoring), and the cost stays convex. The penalty is ½·λ·|β|², without the
//! intercept. At unit weights and targets 0 and 1 this is the objective of
//! linfa-logistic; a test holds the two together.

use argmin::{
    core::{CostFunction, Error, Executor, Gradient, State},
    solver::{linesearch::MoreThuenteLineSearch, quasinewton::LBFGS},
};
use ndarray::{Array1, ArrayView2, Axis, s};
use rayon::prelude::*;

/// Steps of the optimiser at the most.
const STEPS: u64 = 300;
/// Pairs of the limited memory.
const MEMORY: usize = 10;
/// Gradient at which it stops, for each row.
const GRADIENT: f64 = 1e-8;
/// Rows of one block.
const BLOCK: usize = 8_192;

/// What is fitted.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'r> {
    /// n rows of d features.
    pub x: ArrayView2<'r, f64>,
    /// n targets.
    pub targets: &'r [f64],
    /// n weights.
    pub weights: &'r [f64],
}

/// Intercept and weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// Intercept.
    pub intercept: f64,
    /// d weights.
    pub weights: Vec<f64>,
}

/// The optimiser gave up.
#[derive(Debug, thiserror::Error)]
#[error("the logistic model cannot be fitted: {0}")]
pub struct FitError(String);

/// Fits the weighted likelihood with an L2 penalty.
///
/// # Errors
/// [`FitError`] where the optimiser fails.
pub fn fit(rows: Rows<'_>, penalty: f64) -> Result<Fitted, FitError> {
    fit_from(rows, penalty, None)
}

/// [`fit`], starting from a model that is near.
///
/// # Errors
/// [`FitError`] where the optimiser fails.
pub fn fit_from(rows: Rows<'_>, penalty: f64, near: Option<&Fitted>) -> Result<Fitted, FitError> {
    let features = rows.x.ncols();
    let mut start = Array1::zeros(features + 1);
    if let Some(near) = near {
        start
            .iter_mut()
            .zip(near.weights.iter().chain([&near.intercept]))
            .for_each(|(to, from)| *to = *from);
    }
    let count = rows.x.nrows().max(1);
    #[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^52")]
    let tolerance = GRADIENT * count as f64;
    let problem = Objective { rows, penalty };
    if norm(&problem.slope(&start)) <= tolerance {
        let intercept = start.get(features).copied().unwrap_or(0.0);
        return Ok(Fitted { intercept, weights: start.slice(s![..features]).to_vec() });
    }
    let failed = |error: Error| FitError(error.to_string());
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY)
        .with_tolerance_grad(tolerance)
        .and_then(|solver| solver.with_tolerance_cost(1e-14))
        .map_err(failed)?;
    let result = Executor::new(problem, solver)
        .configure(|state| state.param(start).max_iters(STEPS))
        .run()
        .map_err(failed)?;
    let best =
        result.state().get_best_param().ok_or_else(|| FitError("no step was taken".to_owned()))?;
    let weights = best.slice(s![..features]).to_vec();
    let intercept = best.get(features).copied().unwrap_or(0.0);
    Ok(Fitted { intercept, weights })
}

/// Mean cost of rows under a model, without the penalty.
#[must_use]
pub fn loss(rows: Rows<'_>, model: &Fitted) -> f64 {
    let total: f64 = rows.weights.iter().sum();
    let costs =
        rows.x.outer_iter().zip(rows.targets).zip(rows.weights).map(|((x, target), weight)| {
            let z = model.intercept + x.iter().zip(&model.weights).map(|(x, w)| x * w).sum::<f64>();
            weight * (softplus(z) - target * z)
        });
    costs.sum::<f64>() / total.max(f64::MIN_POSITIVE)
}

fn softplus(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

fn norm(vector: &Array1<f64>) -> f64 {
    vector.dot(vector).sqrt()
}

struct Objective<'r> {
    rows: Rows<'r>,
    penalty: f64,
}

impl Objective<'_> {
    /// Cost and slope without the penalty, in one pass over the rows. Blocks
    /// are added in their order, so that threads change no result.
    fn pass(&self, at: &Array1<f64>) -> (f64, Array1<f64>) {
        let features = self.rows.x.ncols();
        let betas = at.slice(s![..features]);
        let intercept = at.get(features).copied().unwrap_or(0.0);
        let blocks: Vec<(f64, Array1<f64>)> = self
            .rows
            .x
            .axis_chunks_iter(Axis(0), BLOCK)
            .zip(self.rows.targets.chunks(BLOCK))
            .zip(self.rows.weights.chunks(BLOCK))
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|((x, targets), weights)| {
                let mut residuals = x.dot(&betas) + intercept;
                let mut cost = 0.0;
                for ((z, target), weight) in residuals.iter_mut().zip(targets).zip(weights) {
                    cost += weight * (softplus(*z) - target * *z);
                    *z = weight * (zhida_model::ranking::calibration::sigmoid(*z) - target);
                }
                // Row by row, as the matrix lies in memory.
                let mut slope = Array1::zeros(features + 1);
                let mut own = slope.slice_mut(s![..features]);
                for (row, residual) in x.outer_iter().zip(&residuals) {
                    own.scaled_add(*residual, &row);
                }
                if let Some(last) = slope.get_mut(features) {
                    *last = residuals.sum();
                }
                (cost, slope)
            })
            .collect();
        let none = (0.0, Array1::zeros(features + 1));
        blocks.into_iter().fold(none, |(cost, slope), (more, other)| (cost + more, slope + other))
    }

    fn slope(&self, at: &Array1<f64>) -> Array1<f64> {
        let features = self.rows.x.ncols();
        let (_, mut slope) = self.pass(at);
        let penalty = &at.slice(s![..features]) * self.penalty;
        let mut own = slope.slice_mut(s![..features]);
        own += &penalty;
        slope
    }
}

impl CostFunction for Objective<'_> {
    type Param = Array1<f64>;
    type Output = f64;

    fn cost(&self, at: &Self::Param) -> Result<f64, Error> {
        let betas = at.slice(s![..self.rows.x.ncols()]);
        Ok(self.pass(at).0 + 0.5 * self.penalty * betas.dot(&betas))
    }
}

impl Gradient for Objective<'_> {
    type Param = Array1<f64>;
    type Gradient = Array1<f64>;

    fn gradient(&self, at: &Self::Param) -> Result<Self::Gradient, Error> {
        Ok(self.slope(at))
    }
}

#[cfg(test)]
#[path = "tests/fit.rs"]
mod tests;
