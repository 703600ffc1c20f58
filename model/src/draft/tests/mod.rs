//! Drafts of documents written for these tests, and of the sample policies.

mod documents;
mod expressions;
mod samples;
mod support;
