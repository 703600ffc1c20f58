//! Policy texts: from the words of a document to what they state.
//!
//! In reading order: [`fold`] makes one character of every way to write it
//! ([`traditional`] script included), without moving any, so that every later
//! finding points into the original;
//! [`numeral`] reads numbers, [`share`] 百分之 and its kin, [`measure`] numbers
//! with their [`unit`]s, [`bound`] the words that make bounds of them and
//! [`interval`] what these allow; [`parse`] answers for one line and one kind;
//! [`exact`] and [`scan`] are the arithmetic and the looking ahead they share.
//! [`span`] says where something stands; [`structure`] finds title, articles
//! and list items, and tells the page from the document; [`docnumber`] reads
//! the numbers of documents, [`place`] the names of regions. [`extract`] puts
//! all of it together: what a document states, with the words that say it;
//! [`segment`] cuts words for the search.
//!
//! Deliberately absent: files and their formats (bytes become text elsewhere),
//! and any model that would have to be fetched or trained: everything here is
//! a table or a grammar that a reader can check.

pub mod bound;
pub mod docnumber;
pub mod exact;
pub mod extract;
pub mod fold;
pub mod interval;
pub mod measure;
pub mod numeral;
pub mod parse;
pub mod place;
pub mod scan;
pub mod segment;
pub mod share;
pub mod span;
pub mod structure;
pub mod traditional;
pub mod unit;
