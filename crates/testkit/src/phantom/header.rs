//! The attributes of an object, module by module as the CT and MR Image IODs ask (PS3.3 A.3, A.4).

use super::{
    Elements, INSTITUTION_NAME, PATIENT_ADDRESS, PATIENT_BIRTH_DATE, PATIENT_ISSUER, PATIENT_NAME,
    REFERRING_PHYSICIAN, Series, Study, element::ds, head::Signal, uid::uid,
};

/// The first step of every UID of the CT study.
pub(super) const CT_CODE: u32 = 1;
/// The first step of every UID of the MR study.
pub(super) const MR_CODE: u32 = 2;

const CT_IMAGE: &str = "1.2.840.10008.5.1.4.1.1.2";
const MR_IMAGE: &str = "1.2.840.10008.5.1.4.1.1.4";

pub(super) fn modality_code(signal: Signal) -> u32 {
    match signal {
        Signal::Ct => CT_CODE,
        Signal::T1 | Signal::T2 | Signal::Flair | Signal::Dwi => MR_CODE,
    }
}

/// Study Instance UID.
pub(super) fn study_code(seed: u64, code: u32) -> String {
    uid(seed, &[code])
}

pub(super) fn sop_class(study: &Study) -> &'static str {
    if study.modality == "CT" { CT_IMAGE } else { MR_IMAGE }
}

pub(super) fn data_set(study: &Study, series: &Series, slice: u32) -> Vec<u8> {
    let pixels = series.pixels(slice);
    let mut set = Elements::with_capacity(pixels.len() + 4096);
    identification(&mut set, study, series, slice);
    patient(&mut set, study);
    match series.signal {
        Signal::Ct => ct_acquisition(&mut set, series),
        Signal::T1 | Signal::T2 | Signal::Flair | Signal::Dwi => mr_acquisition(&mut set, series),
    }
    geometry(&mut set, study, series, slice);
    image(&mut set, series);
    set.text(0x0032_1060, *b"LO", study.description);
    set.bytes(0x7fe0_0010, *b"OW", &pixels);
    set.into_bytes()
}

/// Group 0008: SOP Common, General Study, General Series, General Equipment.
fn identification(set: &mut Elements, study: &Study, series: &Series, slice: u32) {
    let kind = match series.signal {
        Signal::Ct => "ORIGINAL\\PRIMARY\\AXIAL",
        Signal::T1 | Signal::T2 | Signal::Flair | Signal::Dwi => "ORIGINAL\\PRIMARY\\OTHER",
    };
    set.text(0x0008_0005, *b"CS", "ISO_IR 192")
        .text(0x0008_0008, *b"CS", kind)
        .text(0x0008_0012, *b"DA", study.date)
        .text(0x0008_0013, *b"TM", study.time)
        .text(0x0008_0016, *b"UI", sop_class(study))
        .text(0x0008_0018, *b"UI", &series.sop_instance(slice))
        .text(0x0008_0020, *b"DA", study.date)
        .text(0x0008_0021, *b"DA", study.date)
        .text(0x0008_0022, *b"DA", study.date)
        .text(0x0008_0023, *b"DA", study.date)
        .text(0x0008_0030, *b"TM", study.time)
        .text(0x0008_0031, *b"TM", study.time)
        .text(0x0008_0032, *b"TM", study.time)
        .text(0x0008_0033, *b"TM", study.time)
        .text(0x0008_0050, *b"SH", &study.accession())
        .text(0x0008_0060, *b"CS", study.modality)
        .text(0x0008_0070, *b"LO", "Lightcase Phantoms")
        .text(0x0008_0080, *b"LO", INSTITUTION_NAME)
        .text(0x0008_0090, *b"PN", REFERRING_PHYSICIAN)
        .text(0x0008_1010, *b"SH", "PHANTOM1")
        .text(0x0008_1030, *b"LO", study.description)
        .item(0x0008_1032, |code| {
            code.text(
                0x0008_0100,
                *b"SH",
                if study.modality == "CT" { "CTHEAD" } else { "MRBRAIN" },
            )
            .text(0x0008_0102, *b"SH", "99PHANTOM")
            .text(0x0008_0104, *b"LO", study.description);
        })
        .text(0x0008_103e, *b"LO", series.description)
        .text(0x0008_1050, *b"PN", "Hopper^Grace")
        .text(0x0008_1070, *b"PN", "Somerville^Mary")
        .text(0x0008_1090, *b"LO", "Shepp-Logan");
}

/// Group 0010: Patient, Patient Study.
fn patient(set: &mut Elements, study: &Study) {
    set.text(0x0010_0010, *b"PN", PATIENT_NAME)
        .text(0x0010_0020, *b"LO", &study.patient_id())
        .text(0x0010_0021, *b"LO", PATIENT_ISSUER)
        .text(0x0010_0030, *b"DA", PATIENT_BIRTH_DATE)
        .text(0x0010_0040, *b"CS", "F")
        .text(0x0010_1010, *b"AS", "074Y")
        .text(0x0010_1020, *b"DS", "1.65")
        .text(0x0010_1030, *b"DS", "61.5")
        .text(0x0010_1040, *b"LO", PATIENT_ADDRESS)
        .text(0x0010_4000, *b"LT", "A phantom, not a person.");
}

/// Group 0018 of a CT: General Series, CT Image, General Equipment.
fn ct_acquisition(set: &mut Elements, series: &Series) {
    set.text(0x0018_0015, *b"CS", "HEAD")
        .text(0x0018_0022, *b"CS", "HELICAL MODE")
        .text(0x0018_0050, *b"DS", &ds(series.thickness))
        .text(0x0018_0060, *b"DS", "120")
        .text(0x0018_0090, *b"DS", "500")
        .text(0x0018_1000, *b"LO", "SL-1974")
        .text(0x0018_1020, *b"LO", "1.0")
        .text(0x0018_1030, *b"LO", "Head routine")
        .text(0x0018_1100, *b"DS", "250")
        .text(0x0018_1120, *b"DS", "0")
        .text(0x0018_1130, *b"DS", "140")
        .text(0x0018_1140, *b"CS", "CW")
        .text(0x0018_1150, *b"IS", "1000")
        .text(0x0018_1151, *b"IS", "260")
        .text(0x0018_1152, *b"IS", "260")
        .text(0x0018_1160, *b"SH", "0")
        .text(0x0018_1210, *b"SH", "H30s")
        .text(0x0018_5100, *b"CS", "HFS");
}

/// Group 0018 of an MR: General Series, MR Image, General Equipment.
fn mr_acquisition(set: &mut Elements, series: &Series) {
    let (sequence, tr, te, ti) = match series.signal {
        Signal::T1 | Signal::Ct => ("SE", "550", "12", None),
        Signal::T2 => ("SE", "4500", "96", None),
        Signal::Flair => ("IR", "9000", "110", Some("2500")),
        Signal::Dwi => ("EP", "5200", "84", None),
    };
    set.text(0x0018_0015, *b"CS", "HEAD")
        .text(0x0018_0020, *b"CS", sequence)
        .text(0x0018_0021, *b"CS", "SK")
        .text(0x0018_0022, *b"CS", "")
        .text(0x0018_0023, *b"CS", "2D")
        .text(0x0018_0050, *b"DS", &ds(series.thickness))
        .text(0x0018_0080, *b"DS", tr)
        .text(0x0018_0081, *b"DS", te);
    if let Some(ti) = ti {
        set.text(0x0018_0082, *b"DS", ti);
    }
    set.text(0x0018_0083, *b"DS", "1")
        .text(0x0018_0084, *b"DS", "123.2")
        .text(0x0018_0085, *b"SH", "1H")
        .text(0x0018_0087, *b"DS", "3")
        .text(0x0018_0088, *b"DS", &ds(series.step))
        .text(0x0018_0091, *b"IS", "1")
        .text(0x0018_1000, *b"LO", "SL-1985")
        .text(0x0018_1020, *b"LO", "1.0")
        .text(0x0018_1030, *b"LO", series.description)
        .text(0x0018_1314, *b"DS", "90")
        .text(0x0018_5100, *b"CS", "HFS");
    if series.signal == Signal::Dwi {
        set.text(0x0018_9075, *b"CS", "ISOTROPIC").fd(0x0018_9087, 1000.0);
    }
}

/// Group 0020: Frame of Reference, General Image, Image Plane.
fn geometry(set: &mut Elements, study: &Study, series: &Series, slice: u32) {
    let position = series.position(slice);
    let [x, y, z] = position;
    let [nx, ny, nz] = series.plane.normal();
    set.text(0x0020_000d, *b"UI", &study.uid)
        .text(0x0020_000e, *b"UI", &series.uid)
        .text(0x0020_0010, *b"SH", &format!("S{:04}", study.seed))
        .text(0x0020_0011, *b"IS", &series.number.to_string())
        .text(0x0020_0012, *b"IS", "1")
        .text(0x0020_0013, *b"IS", &slice.to_string())
        .text(0x0020_0032, *b"DS", &list(&position))
        .text(0x0020_0037, *b"DS", &list(&[series.plane.row(), series.plane.column()].concat()))
        .text(0x0020_0052, *b"UI", &study.frame_of_reference)
        .text(0x0020_1040, *b"LO", "")
        .text(0x0020_1041, *b"DS", &ds(x * nx + y * ny + z * nz));
}

/// Group 0028: Image Pixel, Modality LUT, VOI LUT.
fn image(set: &mut Elements, series: &Series) {
    let (centre, width) = series.window;
    set.us(0x0028_0002, 1)
        .text(0x0028_0004, *b"CS", "MONOCHROME2")
        .us(0x0028_0010, series.columns)
        .us(0x0028_0011, series.columns)
        .text(0x0028_0030, *b"DS", &list(&[series.spacing, series.spacing]))
        .us(0x0028_0100, 16)
        .us(0x0028_0101, 12)
        .us(0x0028_0102, 11)
        .us(0x0028_0103, 0)
        .text(0x0028_1050, *b"DS", &centre.to_string())
        .text(0x0028_1051, *b"DS", &width.to_string());
    if series.signal == Signal::Ct {
        set.text(0x0028_1052, *b"DS", &series.intercept().to_string())
            .text(0x0028_1053, *b"DS", "1")
            .text(0x0028_1054, *b"LO", "HU");
    }
}

fn list(values: &[f64]) -> String {
    values.iter().map(|value| ds(*value)).collect::<Vec<_>>().join("\\")
}
