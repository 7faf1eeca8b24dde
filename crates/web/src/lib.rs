//! DICOMweb, the JSON API, share pages, sign-in, static viewer.
