//! The whole surface over a real archive: what is answered to whom.

mod authorisations;
mod denials;
mod dicomweb;
mod doors;
mod download;
mod ended;
mod limits;
mod one_refusal;
mod pages;
mod projects;
mod refusals;
mod seen;
mod served;
mod sharing;
mod states;
mod stow;
mod wishes;
mod withdrawn;
mod world;
