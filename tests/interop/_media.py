"""Objects that are no images, and readers of the media that they come on."""

import shutil
import subprocess

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.fileset import FileSet
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

STORAGE = "1.2.840.10008.5.1.4.1.1."


def code(value, scheme, meaning):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def content(relation, kind, **values):
    item = Dataset()
    item.RelationshipType, item.ValueType = relation, kind
    for name, value in values.items():
        setattr(item, name, value)
    return item


def _report():
    language = content(
        "HAS CONCEPT MOD",
        "CODE",
        ConceptNameCodeSequence=[code("121049", "DCM", "Language of Content Item and Descendants")],
        ConceptCodeSequence=[code("de", "RFC5646", "German")],
    )
    finding = content(
        "CONTAINS",
        "TEXT",
        ConceptNameCodeSequence=[code("121071", "DCM", "Finding")],
        TextValue="Größe unverändert",
    )
    return {
        "CompletionFlag": "COMPLETE",
        "VerificationFlag": "UNVERIFIED",
        "ValueType": "CONTAINER",
        "ConceptNameCodeSequence": [code("18748-4", "LN", "Röntgenbefund")],
        "ContentSequence": [language, finding],
    }


def reference(image):
    item = Dataset()
    item.ReferencedSOPClassUID = image.SOPClassUID
    item.ReferencedSOPInstanceUID = image.SOPInstanceUID
    return item


def _state(image):
    series = Dataset()
    series.SeriesInstanceUID = image.SeriesInstanceUID
    series.ReferencedImageSequence = [reference(image)]
    return {
        "PresentationCreationDate": "20201224",
        "PresentationCreationTime": "101500",
        "ContentLabel": "KEY",
        "ContentDescription": "Übersicht",
        "ReferencedSeriesSequence": [series],
    }


def kinds(image):
    """Class, modality, attributes, and the record that PS3.3 section F.5 gives it."""
    labeled = {"ContentLabel": "ONE", "ContentDescription": "", "ContentCreatorName": "A^B"}
    spectrum = {
        "ImageType": ["ORIGINAL", "PRIMARY", "SPECTROSCOPY", "NONE"],
        "NumberOfFrames": 1,
        "Rows": 1,
        "Columns": 1,
        "DataPointRows": 1,
        "DataPointColumns": 512,
        "ReferencedImageEvidenceSequence": [reference(image)],
    }
    pdf = {"DocumentTitle": "Brief", "MIMETypeOfEncapsulatedDocument": "application/pdf"}
    pdf["EncapsulatedDocument"] = b"%PDF-1.4\n"
    return [
        ("88.11", "SR", _report(), "SR DOCUMENT"),
        ("88.59", "KO", {"ConceptNameCodeSequence": [code("113000", "DCM", "Of Interest")]}, "KEY OBJECT DOC"),
        ("11.1", "PR", _state(image), "PRESENTATION"),
        ("104.1", "DOC", pdf, "ENCAP DOC"),
        ("66", "OT", {}, "RAW DATA"),
        ("66.1", "REG", labeled, "REGISTRATION"),
        ("67", "RWV", labeled, "VALUE MAP"),
        ("9.1.1", "ECG", {}, "WAVEFORM"),
        ("4.2", "MR", spectrum, "SPECTROSCOPY"),
        ("481.2", "RTDOSE", {"DoseSummationType": "PLAN"}, "RT DOSE"),
        ("481.3", "RTSTRUCT", {"StructureSetLabel": "A"}, "RT STRUCTURE SET"),
        ("481.5", "RTPLAN", {"RTPlanLabel": "B"}, "RT PLAN"),
        # Retired, and of no kind that has a record of its own.
        ("8", "OT", {}, "PRIVATE"),
    ]


def written(folder, image):
    """One object of each kind in the study of an image, as files; how many records of which kind."""
    expected = {}
    for number, (sop_class, modality, attributes, record) in enumerate(kinds(image), 50):
        dataset = Dataset()
        dataset.SpecificCharacterSet = "ISO_IR 192"
        for name in ("PatientName", "PatientID", "IssuerOfPatientID", "StudyInstanceUID", "StudyDate", "StudyTime"):
            setattr(dataset, name, image.get(name, ""))
        dataset.SOPClassUID, dataset.SOPInstanceUID = STORAGE + sop_class, generate_uid()
        dataset.Modality, dataset.SeriesInstanceUID = modality, generate_uid()
        dataset.SeriesNumber, dataset.InstanceNumber = number, 1
        dataset.ContentDate, dataset.ContentTime = "20201224", "101500"
        for name, value in attributes.items():
            setattr(dataset, name, value)
        save(dataset, folder / f"{number}.dcm")
        expected[record] = expected.get(record, 0) + 1
    return expected


def save(dataset, path):
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.save_as(path, enforce_file_format=True)


def sketch(folder, like=None):
    """A study of one small image: of that patient, or of one with a name in three scripts and neither an id nor a date."""
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName, dataset.PatientID = "Yamada^Tarō=山田^太郎=やまだ^たろう", ""
    for name in ("PatientName", "PatientID", "IssuerOfPatientID") if like is not None else ():
        setattr(dataset, name, like.get(name, ""))
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = generate_uid(), generate_uid()
    dataset.StudyDate, dataset.StudyTime, dataset.AccessionNumber = "", "", ""
    dataset.SOPClassUID, dataset.SOPInstanceUID = STORAGE + "7", generate_uid()
    dataset.Modality, dataset.SeriesNumber, dataset.InstanceNumber = "OT", None, None
    dataset.Rows, dataset.Columns, dataset.BitsAllocated, dataset.BitsStored = 2, 2, 8, 8
    dataset.HighBit, dataset.PixelRepresentation, dataset.SamplesPerPixel = 7, 0, 1
    dataset.PhotometricInterpretation, dataset.PixelData = "MONOCHROME2", bytes(4)
    save(dataset, folder / f"{dataset.SOPInstanceUID}.dcm")
    return dataset


def directory(root, records, names):
    """Reads DICOMDIR with pydicom and, where they are, DCMTK and dicom3tools."""
    raw = pydicom.dcmread(root / "DICOMDIR")
    found = {}
    for record in raw.DirectoryRecordSequence:
        found[record.DirectoryRecordType] = found.get(record.DirectoryRecordType, 0) + 1
    assert {kind: found.get(kind) for kind in records} == records, found
    patients = [each for each in raw.DirectoryRecordSequence if each.DirectoryRecordType == "PATIENT"]
    assert {str(each.PatientName) for each in patients} == names, patients
    assert all(each.PatientID for each in patients), patients

    # By the links of the records, with every file that they name.
    files = FileSet(root / "DICOMDIR")
    uids = {str(instance.SOPInstanceUID) for instance in files}
    paths = {str(instance.path) for instance in files}
    assert len(files) == len(uids) == len(paths)
    for instance in list(files)[:: max(1, len(files) // 20)]:
        image = pydicom.dcmread(instance.path, stop_before_pixels=True)
        assert image.SOPInstanceUID == instance.SOPInstanceUID, instance.path
        assert image.file_meta.TransferSyntaxUID == instance.TransferSyntaxUID, instance.path

    told = {}
    for command in (["dcmdump", "-q", "+U8"], ["dciodvfy"]):
        if shutil.which(command[0]) is None:
            print(f"{command[0]} is not installed")
            continue
        done = subprocess.run([*command, str(root / "DICOMDIR")], capture_output=True, text=True)
        told[command[0]] = done.stdout + done.stderr
        assert done.returncode == 0, told[command[0]][-2000:]
    dump = told.get("dcmdump", "")
    assert not dump or dump.count("(0004,1430)") == sum(found.values()), dump[-2000:]
    errors = [line for line in told.get("dciodvfy", "").splitlines() if line.startswith("Error")]
    assert not errors, errors[:20]
    return uids
