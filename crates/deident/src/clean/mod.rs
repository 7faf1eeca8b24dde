//! What is left of a value.

mod binary;
mod code;
mod colour;
mod decimal;
mod digits;
mod dummy;
mod elements;
mod fact;
mod names;
mod own;
mod prose;
mod records;
mod reference;
mod samples;
mod score;
mod script;
mod terms;
mod uid;
mod unit;
mod valid;
mod walk;
mod words;

pub(crate) use binary::are_measurable;
pub(crate) use dummy::dummy;
pub(crate) use prose::has_words;
pub(crate) use walk::Cleaner;
