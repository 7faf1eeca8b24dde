//! Tables of the standard, as it prints them.

pub(crate) mod not_storage;
pub(crate) mod storage;
