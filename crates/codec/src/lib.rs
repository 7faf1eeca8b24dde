//! Pixels: decode, encode, render, in a worker process.
