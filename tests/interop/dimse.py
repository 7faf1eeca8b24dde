"""pynetdicom sends a study; pydicom reads it back as it was."""

import pathlib
import tempfile

import pydicom
import requests
from _server import phantom, server
from pynetdicom import AE
from pynetdicom.sop_class import CTImageStorage, Verification


def associate(house, called):
    entity = AE(ae_title="PYNETDICOM")
    entity.add_requested_context(Verification)
    entity.add_requested_context(CTImageStorage, pydicom.uid.ExplicitVRLittleEndian)
    place = house["dicom"]
    return entity.associate(place["host"], place["port"], ae_title=called)


def send(house, files):
    association = associate(house, house["dicom"]["title"])
    assert association.is_established
    assert association.send_c_echo().Status == 0x0000
    for path in files:
        assert association.send_c_store(path).Status == 0x0000, path
    changed = pydicom.dcmread(files[0])
    changed.PatientComments = "another object under the same UID"
    assert association.send_c_store(changed).Status == 0x0111
    association.release()


def compare(house, summary, files):
    sent = {image.SOPInstanceUID: image for image in map(pydicom.dcmread, files)}
    (study,) = summary["studies"]
    for uid, image in sent.items():
        path = f"studies/{study['uid']}/series/{image.SeriesInstanceUID}/instances/{uid}"
        headers = {
            "Authorization": f"Bearer {house['token']}",
            "Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*',
        }
        answer = requests.get(f"{house['url']}/dicom-web/{path}", headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        start = answer.content.index(b"\r\n\r\n") + 4
        held = pydicom.dcmread(pydicom.filebase.DicomBytesIO(answer.content[start:]))
        assert held.PixelData == image.PixelData
        for element in image:
            assert held[element.tag] == element, element


with server() as house, tempfile.TemporaryDirectory() as folder:
    assert associate(house, "ELSEWHERE").is_rejected
    summary = phantom(folder, kind="ct", slices=6, seed=2)
    files = sorted(pathlib.Path(folder).rglob("*.dcm"))
    send(house, files)
    compare(house, summary, files)
    print(f"{len(files)} objects")
