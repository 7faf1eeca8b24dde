"""dicomweb-client and pydicom: search, retrieve, metadata, frames, pictures; every probe's pixel."""

import dicomweb_client
import numpy
import pydicom
import requests
from _server import server


def client_of(house, token=None):
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token or house['token']}"
    return dicomweb_client.DICOMwebClient(url=f"{house['url']}/dicom-web", session=session)


def search(client, phantoms):
    found = {study["0020000D"]["Value"][0]: study for study in client.search_for_studies()}
    assert set(found) == {study["uid"] for study in phantoms["studies"]}
    for study in phantoms["studies"]:
        dataset = pydicom.Dataset.from_json(found[study["uid"]])
        assert str(dataset.PatientName) == phantoms["patientName"]
        assert dataset.NumberOfStudyRelatedInstances == study["instances"]
        assert list(dataset.ModalitiesInStudy if dataset["ModalitiesInStudy"].VM > 1 else [dataset.ModalitiesInStudy]) == [study["modality"]]
        series = client.search_for_series(study["uid"])
        assert {each["0020000E"]["Value"][0] for each in series} == {each["uid"] for each in study["series"]}
        instances = client.search_for_instances(study["uid"], fields=["Rows", "InstanceNumber"])
        assert len(instances) == study["instances"]
    assert len(client.search_for_studies(search_filters={"ModalitiesInStudy": "MR"})) == 1
    assert len(client.search_for_studies(search_filters={"PatientName": "phantom*"})) == 2
    assert len(client.search_for_studies(search_filters={"PatientID": "unknown"})) == 0
    assert len(client.search_for_studies(limit=1)) == 1


def pixels(client, phantoms):
    for probe in phantoms["probes"]:
        place = (probe["study"], probe["series"], probe["sopInstance"])
        image = client.retrieve_instance(*place, media_types=(("application/dicom", "*"),))
        assert image.SOPInstanceUID == probe["sopInstance"]
        slope, intercept = int(image.get("RescaleSlope", 1)), int(image.get("RescaleIntercept", 0))
        assert int(image.pixel_array[probe["y"], probe["x"]]) * slope + intercept == probe["hu"], probe
        (frame,) = client.retrieve_instance_frames(*place, frame_numbers=[1])
        array = numpy.frombuffer(frame, "<u2").reshape(image.Rows, image.Columns)
        assert (array == image.pixel_array).all()
        metadata = pydicom.Dataset.from_json(client.retrieve_instance_metadata(*place))
        for element in metadata:
            if element.tag != 0x7FE00010:
                assert element == image[element.tag], element
        assert {each.tag for each in image} - {each.tag for each in metadata} <= {0x7FE00010}


def pictures(client, phantoms):
    from_codec = 0
    for probe in phantoms["probes"][:8]:
        place = (probe["study"], probe["series"], probe["sopInstance"])
        picture = client.retrieve_instance_rendered(*place, media_types=("image/png",))
        assert picture.startswith(b"\x89PNG"), probe
        picture = client.retrieve_instance_frames_rendered(*place, frame_numbers=[1], media_types=("image/jpeg",))
        assert picture.startswith(b"\xff\xd8"), probe
        from_codec += 2
    return from_codec


def whole(client, phantoms):
    for study in phantoms["studies"]:
        images = client.retrieve_study(study["uid"], media_types=(("application/dicom", "*"),))
        assert len(images) == study["instances"]
        assert len(client.retrieve_study_metadata(study["uid"])) == study["instances"]
        for series in study["series"]:
            images = client.retrieve_series(study["uid"], series["uid"], media_types=(("application/dicom", "*"),))
            assert sorted(image.InstanceNumber for image in images) == list(range(1, series["slices"] + 1))
            # By default a client asks for Explicit VR Little Endian, which is what is held.
            assert len(client.retrieve_series(study["uid"], series["uid"])) == series["slices"]


def strangers(house):
    for headers in ({}, {"Authorization": "Bearer lc_nothing"}, {"Authorization": "Basic YTpi"}):
        answer = requests.get(f"{house['url']}/dicom-web/studies", headers=headers, timeout=30)
        assert answer.status_code == 401, answer.status_code


with server() as house:
    client, phantoms = client_of(house), house["phantoms"]
    search(client, phantoms)
    pixels(client, phantoms)
    count = pictures(client, phantoms)
    whole(client, phantoms)
    strangers(house)
    print(f"{len(phantoms['probes'])} probes, {count} pictures")
