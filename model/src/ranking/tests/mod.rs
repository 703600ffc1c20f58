//! Tests of the ranking.

mod calibration;
mod history;
mod list;
mod ranker;
mod uptake;
mod words;
