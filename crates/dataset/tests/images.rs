//! Image descriptions and frames of the corpus, against values read by hand from `dcmdump`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

mod support;

use std::fs;

use lightcase_dataset::{Fragment, ImageModule, PixelData, Scan};
use support::{corpus, scan_file};

/// Scans a file of the public corpus and hands the scan to a test, if there is a corpus.
fn with_scan(path: &str, test: impl FnOnce(Scan)) {
    let Some(corpus) = corpus() else { return };
    let bytes = fs::read(corpus.join("public").join(path)).unwrap();
    test(scan_file(&bytes, 1000).unwrap());
}

fn check(path: &str, is_right: impl FnOnce(&ImageModule) -> bool) {
    with_scan(path, |scan| {
        let image = scan.image.unwrap();
        assert!(is_right(&image), "{path}: {image:?}");
    });
}

/// The pixels are in fragments; how many each frame has.
fn check_frames(path: &str, expected: Option<&[usize]>) {
    with_scan(path, |scan| {
        let pixel = scan.pixel.unwrap();
        let PixelData::Encapsulated { fragments, frames } = &pixel else {
            panic!("{path}: {pixel:?}");
        };
        let counts =
            frames.as_ref().map(|all| all.iter().map(|each| each.count).collect::<Vec<_>>());
        assert_eq!(counts.as_deref(), expected, "{path}");
        for index in 0..counts.unwrap_or_default().len() {
            assert!(pixel.frame(index).unwrap().iter().all(|each| fragments.contains(each)));
        }
        assert_eq!(pixel.frame(fragments.len()), None);
    });
}

#[test]
fn classic_images() {
    check("odd/pydicom__CT_small.dcm", |image| {
        (image.rows, image.columns, image.bits_stored) == (128, 128, 16)
            && image.pixel_representation == 1
            && image.rescale_intercept == Some(-1024.0)
            && image.pixel_padding == Some(-2000)
            && image.pixel_spacing == Some([0.661_468, 0.661_468])
    });
}

#[test]
fn enhanced_images_take_the_first_frame() {
    check("series/mr-siemens-xa10-enhanced/6_1.dcm", |image| {
        image.number_of_frames == 6
            && image.windows.iter().map(|each| (each.center, each.width)).eq([(625.0, 1361.0)])
            && image.rescale_slope == Some(1.0)
            && image.pixel_spacing == Some([3.375, 3.375])
            && image.image_position == Some([-109.79, -58.4773, -5.40356])
            && image.slice_thickness == Some(2.4)
    });
}

#[test]
fn palettes() {
    check("classes/pydicom__examples_palette.dcm", |image| {
        let palette = image.palette.as_ref().unwrap();
        palette.red.descriptor.entries == 256
            && palette.red.descriptor.bits == 16
            && palette.blue.data.len() == 512
            && !palette.green.segmented
    });
    check("classes/pydicom-data__gdcm-US-ALOKA-16.dcm", |image| {
        let palette = image.palette.as_ref().unwrap();
        palette.red.descriptor.entries == 65_536 && palette.red.segmented
    });
}

#[test]
fn lies_are_passed_on_as_told() {
    check("malformed/made/image_rows_65535.dcm", |image| image.rows == 65_535);
    check("malformed/made/image_frames_negative.dcm", |image| image.number_of_frames == 0);
    check("malformed/made/image_frames_2e9.dcm", |image| image.number_of_frames > 1 << 30);
    check("malformed/made/image_rescale_slope_text.dcm", |image| image.rescale_slope.is_none());
    check("malformed/made/image_window_width_zero.dcm", |image| {
        image.windows.iter().all(|window| window.width == 0.0)
    });
}

#[test]
fn frames_in_fragments() {
    check_frames("series/mr-compressed-rle/IM-0001-0001-0001.dcm", Some(&[1]));
    check_frames(
        "syntax/dicomParser__CT0012.fragmented_no_bot_jpeg_lossless.57.dcm",
        Some(&[9, 8]),
    );
    check_frames("syntax/dicomParser__CT0012.not_fragmented_bot_jpeg_ls.80.dcm", Some(&[1, 1]));
    check_frames("malformed/made/encap_more_frames_than_fragments.dcm", None);
    check_frames("malformed/made/encap_no_fragments.dcm", None);
    check_frames("generated/video/mpeg4_fragmentable_102.1.dcm", None);
}

#[test]
fn native_pixels_are_where_they_are() {
    with_scan("odd/pydicom__CT_small.dcm", |scan| {
        let Some(PixelData::Native { offset, len }) = scan.pixel else {
            panic!("{:?}", scan.pixel);
        };
        assert_eq!(len, 128 * 128 * 2);
        assert!(offset + len <= scan.data_set_len);
        let (image, pixel) = (scan.image.unwrap(), scan.pixel.unwrap());
        assert_eq!(pixel.native_frame(&image, 0), Some(Fragment { offset, len }));
        assert_eq!(pixel.native_frame(&image, 1), None);
    });
}
