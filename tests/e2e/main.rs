//! The real binary, asked from outside by real peers: DCMTK, browsers without a screen, the
//! command line. Tests that do not say otherwise run twice, on the embedded database with a folder
//! and on PostgreSQL with S3.
#![cfg(test)]

#[macro_use]
mod house;
mod caller;
mod day;
mod dcmtk;
mod dump;
mod link;
mod mailbox;
mod multipart;
mod needle;
mod scu;
mod store;
mod wait;

mod attack;
mod audit;
mod authorisation;
mod clean;
mod completeness;
mod config;
mod corpus;
mod crowd;
mod diagnosis;
mod dicom;
mod dicomweb;
mod durability;
mod faults;
mod kill;
mod older;
mod pair;
mod peers;
mod quarantine;
mod retrieve;
mod same;
mod secrets;
mod share;
mod staff;
mod undelivered;
mod zone;
