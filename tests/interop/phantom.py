"""The phantoms as pydicom reads them: headers, geometry, and every probe's pixel."""

import json
import os
import pathlib
import subprocess
import tempfile

import numpy
import pydicom


def check(summary, files):
    by_uid = {}
    for path in files:
        image = pydicom.dcmread(path)
        assert str(image.PatientName) == summary["patientName"], path
        assert image.file_meta.MediaStorageSOPInstanceUID == image.SOPInstanceUID, path
        by_uid[image.SOPInstanceUID] = image
    assert len(by_uid) == summary["instances"] == len(files)

    for probe in summary["probes"]:
        image = by_uid[probe["sopInstance"]]
        assert image.SeriesDescription == probe["seriesDescription"]
        assert image.InstanceNumber == probe["slice"]
        stored = int(image.pixel_array[probe["y"], probe["x"]])
        value = stored * int(image.get("RescaleSlope", 1)) + int(image.get("RescaleIntercept", 0))
        assert value == probe["hu"], probe

    series = {}
    for image in by_uid.values():
        series.setdefault(image.SeriesInstanceUID, []).append(image)
    for images in series.values():
        images.sort(key=lambda image: image.InstanceNumber)
        row, column = numpy.split(numpy.array(images[0].ImageOrientationPatient, float), 2)
        depths = [numpy.dot(numpy.cross(row, column), numpy.array(i.ImagePositionPatient, float)) for i in images]
        steps = numpy.diff(depths)
        assert (steps > 0).all() and numpy.ptp(steps) < 1e-4, "slices ascend evenly along the normal"


with tempfile.TemporaryDirectory() as folder:
    command = [os.environ["LIGHTCASE_TESTKIT"], "phantom", "--out", folder, "--slices", "24"]
    summary = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    check(summary, sorted(pathlib.Path(folder).rglob("*.dcm")))
    print(f"{summary['instances']} objects, {len(summary['probes'])} probes")
