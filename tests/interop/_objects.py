"""DICOM files below a folder, by SOP Instance UID."""

import pathlib

import pydicom


def _files(folder):
    return sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file())


def encoded(folder):
    """Data sets as they lie in the files."""
    found = {}
    for path in _files(folder):
        meta = pydicom.filereader.read_file_meta_info(path)
        start = 144 + meta.FileMetaInformationGroupLength
        found[str(meta.MediaStorageSOPInstanceUID)] = path.read_bytes()[start:]
    return found


def decoded(folder):
    """Data sets as pydicom reads them."""
    images = map(pydicom.dcmread, _files(folder))
    return {str(image.SOPInstanceUID): image for image in images}
