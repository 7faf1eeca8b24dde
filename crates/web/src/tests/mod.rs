//! The whole surface over a real archive: what is answered to whom.

mod dicomweb;
mod doors;
mod pages;
mod refusals;
mod served;
mod sharing;
mod world;
