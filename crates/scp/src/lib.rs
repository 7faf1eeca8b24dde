//! Our DIMSE services, one file each.
