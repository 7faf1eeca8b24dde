//! The listener and the SCU against real peers, and against peers that misbehave.

#[cfg(test)]
mod abuse;
#[cfg(test)]
mod dcmtk;
#[cfg(test)]
mod file;
#[cfg(test)]
mod lend;
mod mutants;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod scu;
#[cfg(test)]
mod station;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod tls;
