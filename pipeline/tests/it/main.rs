//! What the stages of the pipeline do together, on files.

mod synth;
