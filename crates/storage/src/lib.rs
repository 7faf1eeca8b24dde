//! Sealed blobs: envelope, vault, key ring and its providers.
