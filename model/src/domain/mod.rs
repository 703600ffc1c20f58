//! The words everybody uses: identity numbers, regions, industries, money,
//! dates, truth values and the reasons why a value is unknown.

mod industry;
mod key;
mod normalise;
mod number;
mod reason;
mod region;
mod resident;
mod subject;
mod tri;
mod uscc;

pub use self::{
    industry::*, key::*, normalise::*, number::*, reason::*, region::*, resident::*, subject::*,
    tri::*, uscc::*,
};
