//! WADO-RS rendered (PS3.18 section 10.4.1.1.3).

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use lightcase_archive::Picture;
use lightcase_codec::{Format, Window};

use super::accept;
use super::asker::Asker;
use super::selected::{Selected, frame_numbers};
use crate::conditional::Tag;
use crate::problem::{Answer, Problem};
use crate::state::Web;

/// JPEG quality when nobody says.
const QUALITY: u8 = 90;

/// A picture of one frame.
#[utoipa::path(get, tag = "DICOMweb",
    path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/rendered",
    responses((status = 200, content_type = "image/jpeg"), (status = 200, content_type = "image/png")))]
pub(crate) async fn rendered(
    State(web): State<Web>,
    asker: Asker,
    selected: Selected,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let numbers = frame_numbers(selected.frames.as_deref().unwrap_or("1"))?;
    let [frame] = numbers.as_slice() else {
        return Err(Problem::bad_request("Ask for the picture of one frame at a time."));
    };
    let media = accept::choose(&headers, &["image/jpeg", "image/png"])
        .ok_or_else(|| Problem::not_acceptable("Pictures are image/jpeg or image/png."))?;
    let picture = picture(query.as_deref().unwrap_or_default(), media, *frame)?;
    let selection = selected.selection()?;
    let bytes = web.archive.rendered(&asker.ctx, &asker.scope, selection, picture).await?;
    let tag = Tag::of(&[&bytes]);
    let kind = [(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, asker.cache)];
    tag.answer(&headers, asker.cache, (kind, bytes).into_response())
}

/// Reads the parameters of section 8.3.5.1.
pub(crate) fn picture(query: &str, media: &str, frame: u32) -> Answer<Picture> {
    let (mut quality, mut viewport, mut window) = (QUALITY, None, None);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "quality" => {
                quality = value.parse().ok().filter(|each| (1..=100).contains(each)).ok_or_else(
                    || Problem::bad_request("quality is a whole number from 1 to 100."),
                )?;
            }
            "viewport" => viewport = Some(read_viewport(&value)?),
            "window" => window = Some(read_window(&value)?),
            // Parameters that are not known are ignored (section 8.3.1).
            _ => {}
        }
    }
    let format = if media == "image/png" { Format::Png } else { Format::Jpeg { quality } };
    Ok(Picture { frame, window, viewport, format })
}

fn read_viewport(value: &str) -> Answer<(u32, u32)> {
    let wrong = || {
        Problem::bad_request(
            "viewport is width,height in pixels, each from 1 to 16384; the whole image is shown.",
        )
    };
    let (width, height) = value.split_once(',').ok_or_else(wrong)?;
    let pixels = |text: &str| text.parse().ok().filter(|each| (1..=16_384).contains(each));
    Ok((pixels(width).ok_or_else(wrong)?, pixels(height).ok_or_else(wrong)?))
}

fn read_window(value: &str) -> Answer<Window> {
    let wrong =
        || Problem::bad_request("window is center,width,linear with a width of at least 1.");
    let mut pieces = value.split(',');
    let mut number = || pieces.next()?.parse::<f64>().ok().filter(|each| each.is_finite());
    let (center, width) = (number().ok_or_else(wrong)?, number().ok_or_else(wrong)?);
    let function = pieces.next().unwrap_or("linear").to_ascii_lowercase();
    if width < 1.0 || function != "linear" || pieces.next().is_some() {
        return Err(wrong());
    }
    Ok(Window { center, width })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Option<Picture>) {
        assert_eq!(picture(query, "image/jpeg", 1).ok(), expected, "{query}");
    }

    #[test]
    fn parameters_are_read() {
        let plain = Picture {
            frame: 1,
            window: None,
            viewport: None,
            format: Format::Jpeg { quality: QUALITY },
        };
        check("", Some(plain));
        check("annotation=patient", Some(plain));
        check("viewport=128,64", Some(Picture { viewport: Some((128, 64)), ..plain }));
        check("quality=50", Some(Picture { format: Format::Jpeg { quality: 50 }, ..plain }));
        let window = Some(Window { center: 40.0, width: 400.0 });
        check("window=40,400,linear", Some(Picture { window, ..plain }));
        check("window=40,400", Some(Picture { window, ..plain }));
        check("window=40,0,linear", None);
        check("window=NaN,400,linear", None);
        check("window=40,400,sigmoid", None);
        check("viewport=0,64", None);
        check("viewport=64", None);
        check("quality=101", None);
    }
}
