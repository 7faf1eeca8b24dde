//! What a path names. A UID that is none names nothing, like one that nobody has.

use std::collections::{HashMap, HashSet};

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use lightcase_catalog::Selection;
use lightcase_model::{SeriesUid, SopInstanceUid, StudyUid, UidError};

use crate::problem::{Answer, Problem};
use crate::state::Web;

/// Study, series and instance of a path, and what follows them.
#[derive(Debug)]
pub(crate) struct Selected {
    /// `None` where the path names no study.
    pub(crate) selection: Option<Selection>,
    /// The frame list of the path.
    pub(crate) frames: Option<String>,
    /// The path of a bulk value.
    pub(crate) path: Option<String>,
}

impl Selected {
    /// The selection of a path that has one.
    pub(crate) fn selection(&self) -> Answer<&Selection> {
        self.selection.as_ref().ok_or_else(Problem::not_found)
    }
}

impl FromRequestParts<Web> for Selected {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Answer<Self> {
        let Path(mut named) = Path::<HashMap<String, String>>::from_request_parts(parts, web)
            .await
            .map_err(|_error: axum::extract::rejection::PathRejection| Problem::not_found())?;
        let nothing = |_error: UidError| Problem::not_found();
        let series = named.get("series").map(|uid| SeriesUid::parse(uid)).transpose();
        let instance = named.get("instance").map(|uid| SopInstanceUid::parse(uid)).transpose();
        let (series, instance) = (series.map_err(nothing)?, instance.map_err(nothing)?);
        let selection = match named.get("study") {
            Some(study) => Some(Selection {
                study: StudyUid::parse(study).map_err(nothing)?,
                series,
                instance,
            }),
            None => None,
        };
        Ok(Self { selection, frames: named.remove("frames"), path: named.remove("path") })
    }
}

/// The frame list of a path: `1` or `1,3,4`, at most 10,000 of them and each once, so that whose
/// numbers all exist names no more than the object has.
pub(crate) fn frame_numbers(list: &str) -> Answer<Vec<u32>> {
    const MOST: usize = 10_000;
    let numbers: Vec<u32> = list
        .split([',', ';'])
        .map(|number| {
            let number = number.trim().parse().ok().filter(|number| *number > 0);
            number.ok_or_else(|| {
                Problem::bad_request("Frames are numbered from 1 and separated by commas.")
            })
        })
        .collect::<Answer<_>>()?;
    if numbers.len() > MOST {
        return Err(Problem::bad_request("Ask for at most 10,000 frames at once."));
    }
    let mut named = HashSet::with_capacity(numbers.len());
    if !numbers.iter().all(|number| named.insert(*number)) {
        return Err(Problem::bad_request("Name each frame once."));
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_lists_are_read() {
        let check = |list, expected: Option<&[u32]>| {
            assert_eq!(frame_numbers(list).ok().as_deref(), expected, "{list}");
        };
        check("1", Some(&[1]));
        check("1,3,2", Some(&[1, 3, 2]));
        check("0", None);
        check("1,1,1", None);
        check("2,1,2", None);
        check("1,,2", None);
        check("-1", None);
        check("99999999999", None);
    }
}
