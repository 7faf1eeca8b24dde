"""Writes golden.txt: what pydicom and its decoders make of frames of the corpus.

Needs pydicom 3, numpy, pylibjpeg with its libjpeg, openjpeg and rle plugins. The tests read only
the table. A line is: file, frame, then either `exact` and the SHA-256 of the samples (by pixel,
little endian, in cells of Bits Allocated), or `near` and samples at even distances over the frame,
or `picture` and 8-bit levels of the shown picture at such distances.
"""
import hashlib, sys, warnings
from pathlib import Path
import numpy
import pydicom
from pydicom.pixels import apply_color_lut, apply_rescale, apply_windowing, convert_color_space, pixel_array

warnings.simplefilter("ignore")
root = Path(sys.argv[1])
NATIVE = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2",
          "1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1", "1.2.840.10008.1.2.5"}
LOSSY = {"1.2.840.10008.1.2.4." + end for end in ("50", "51", "53", "55", "112", "111")}
for folder in ("syntax", "odd", "generated/syntax", "generated/classes"):
    for path in sorted((root / folder).iterdir()):
        try:
            data = pydicom.dcmread(path)
        except Exception:
            continue
        if "PixelData" not in data or "Rows" not in data:
            continue
        uid = data.file_meta.TransferSyntaxUID
        count = int(data.get("NumberOfFrames") or 1)
        for frame in sorted({0, count - 1}):
            try:
                samples = pixel_array(data, index=frame, raw=uid in NATIVE, correct_unused_bits=False)
            except Exception as error:
                print(f"# {path.relative_to(root)} {frame}: {type(error).__name__}")
                continue
            name = path.relative_to(root)
            if data.BitsAllocated == 1:
                raw = numpy.packbits(samples.ravel(), bitorder="little").tobytes()
            else:
                raw = samples.astype(f"<i{data.BitsAllocated // 8}").tobytes()
            if uid in LOSSY:
                flat = samples.ravel()
                places = [flat.size * n // 24 for n in range(24)]
                print(name, frame, "near", *(int(flat[place]) for place in places))
            else:
                print(name, frame, "exact", hashlib.sha256(raw).hexdigest())


def picture(data, samples):
    if data.PhotometricInterpretation == "PALETTE COLOR":
        colours = apply_color_lut(samples, data)
        return colours >> 8 if colours.dtype.itemsize == 2 else colours
    if data.PhotometricInterpretation.startswith("YBR"):
        return convert_color_space(samples, "YBR_FULL", "RGB")
    values = apply_rescale(samples, data).astype("float64")
    if "WindowCenter" in data:
        shown = apply_windowing(values, data, index=0)
        slope, intercept = float(data.get("RescaleSlope", 1)), float(data.get("RescaleIntercept", 0))
        bits = data.BitsStored
        least, greatest = (-(1 << bits - 1), (1 << bits - 1) - 1) if data.PixelRepresentation else (0, (1 << bits) - 1)
        if "RescaleSlope" in data:
            least, greatest = least * slope + intercept, greatest * slope + intercept
    else:
        shown, least, greatest = values, values.min(), values.max()
    levels = (shown - least) / (greatest - least) * 255
    return 255 - levels if data.PhotometricInterpretation == "MONOCHROME1" else levels


for name in ("syntax/cornerstone3D__TestPattern_Palette.dcm", "syntax/pydicom__SC_ybr_full_422_uncompressed.dcm",
             "generated/syntax/ct_native.dcm", "generated/syntax/mr_native.dcm", "generated/classes/dx_monochrome1.dcm",
             "generated/classes/mg_for_processing.dcm", "generated/classes/pet_1.dcm", "generated/classes/rt_dose_32bit.dcm",
             "generated/classes/nm_dynamic.dcm", "syntax/pydicom__MR_small_bigendian.dcm"):
    data = pydicom.dcmread(root / name)
    flat = picture(data, pixel_array(data, index=0, raw=True)).ravel()
    print(name, 0, "picture", *(round(float(flat[flat.size * n // 24])) for n in range(24)))
