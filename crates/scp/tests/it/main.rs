//! Our DIMSE services over a real archive: sent over the network, found in the catalog.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod find;
#[cfg(test)]
mod house;
#[cfg(test)]
mod quarantine;
#[cfg(test)]
mod retrieve;
#[cfg(test)]
mod store;
