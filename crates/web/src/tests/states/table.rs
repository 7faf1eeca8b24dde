//! What every route answers in every state, one letter for each: `y` an answer, `n` a refusal
//! (403), `-` nothing there (404).

/// Which browser asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The one that came in before, with its cookies.
    Inside,
    /// One that never came in.
    New,
}

/// Who asks, the method, the path as the router has it, and the answers.
pub(super) struct Row(
    pub(super) Who,
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
);

impl Row {
    /// The letters, in the order of [`super::State::ALL`].
    pub(super) fn answers(&self) -> impl Iterator<Item = char> {
        self.3.chars().filter(|each| !each.is_whitespace())
    }
}

use Who::{Inside, New};

/// In the order in which they are asked: the last two change the visit.
///
/// The columns: live, notice unread, view only | other study, other series | clean copy, original
/// of one | exhausted, locked | not yet, expired, revoked, frozen, withdrawn.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    Row(Inside, "post", "/s/session",
        "yyy yy yy yn nnnnn"),
    Row(New, "post", "/s/session",
        "yyy yy yy nn nnnnn"),
    Row(Inside, "get", "/s",
        "yyy yy yy yy yyyyy"),
    Row(Inside, "get", "/s/{handle}/",
        "yyy yy yy yy yyyyy"),
    Row(Inside, "get", "/s/{handle}/share",
        "yyy yy yy yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/download",
        "ynn yy yy yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies",
        "yny yy yy yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/series",
        "yny yy yy yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/instances",
        "yny yy yy yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/series",
        "yny -y y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/instances",
        "yny -y y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/series/{series}/instances",
        "yny -- y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/metadata",
        "yny -y y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/series/{series}/metadata",
        "yny -- y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/series/{series}/instances/{instance}/metadata",
        "yny -- y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}",
        "ynn -y y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/series/{series}",
        "ynn -- y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/series/{series}/instances/{instance}",
        "ynn -- y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}",
        "yny -- y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/series/{series}/instances/{instance}/rendered",
        "yny -- y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}/rendered",
        "yny -- y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/thumbnail",
        "yny -y y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/series/{series}/thumbnail",
        "yny -- y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/series/{series}/instances/{instance}/thumbnail",
        "yny -- y- yy nnnnn"),
    Row(Inside, "get", "/s/{handle}/dicom-web/studies/{study}/series/{series}/instances/{instance}/bulkdata/{*path}",
        "yny -- y- yy nnnnn"),
    Row(Inside, "post", "/s/{handle}/notice",
        "yyy yy yy yy nnnnn"),
    Row(Inside, "delete", "/s/{handle}/session",
        "yyy yy yy yy nnnnn"),
];
