"""DCMTK sends to us, queries us and receives from us, and we do so with it."""

import pathlib
import tempfile

import pydicom
from _dcmtk import TITLE, anonymous_echo, dcmqrscp, scu, skip_without, storescp
from _house import house, until
from _objects import encoded
from _secure import plain_and_secure
from _server import phantom


def matches(server, **keys):
    """What findscu is told, as data sets."""
    words = [word for name, value in keys.items() for word in ("-k", f"{name}={value}")]
    with tempfile.TemporaryDirectory() as folder:
        scu("findscu", server, "-S", *words, "-X", "-od", folder)
        return [pydicom.dcmread(path) for path in sorted(pathlib.Path(folder).iterdir())]


def query(server, summary):
    (study,), name = summary["studies"], summary["patientName"]
    keys = {"StudyInstanceUID": "", "ModalitiesInStudy": "", "NumberOfStudyRelatedInstances": ""}
    (found,) = matches(server, QueryRetrieveLevel="STUDY", PatientName=f"{name[:4]}*", **keys)
    assert found.StudyInstanceUID == study["uid"] and found.PatientName == name, found
    assert found.ModalitiesInStudy == study["modality"], found
    assert found.NumberOfStudyRelatedInstances == study["instances"], found
    assert found.RetrieveAETitle == server.title, found
    assert not matches(server, QueryRetrieveLevel="STUDY", PatientName="NOBODY*", **keys)

    keys = {"StudyInstanceUID": study["uid"], "SeriesInstanceUID": "", "SeriesDescription": ""}
    found = matches(server, QueryRetrieveLevel="SERIES", **keys)
    expected = {(series["uid"], series["description"]) for series in study["series"]}
    assert {(each.SeriesInstanceUID, each.SeriesDescription) for each in found} == expected, found


def whole(summary):
    """The keys that name the study."""
    (study,) = summary["studies"]
    return ["-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study['uid']}"]


def to_us(server, files, summary):
    scu("echoscu", server)
    scu("storescu", server, "+sd", "+r", places=[files])
    query(server, summary)
    with tempfile.TemporaryDirectory() as folder:
        scu("getscu", server, "-S", *whole(summary), "+B", "-od", folder)
        assert encoded(folder) == encoded(files)


def from_us_to_storescp(server, port, files):
    peer = f"{TITLE}@127.0.0.1:{port}"
    assert server.call("echo", peer)["peer"] == peer
    told = server.call("store", peer, files)
    assert (told["stored"], told["refused"], told["left"]) == (len(encoded(files)), [], 0), told


def from_us_to_dcmqrscp(server, port, files, summary):
    (study,), peer = summary["studies"], f"{TITLE}@127.0.0.1:{port}"
    server.call("echo", peer)
    assert server.call("store", peer, files)["stored"] == study["instances"]
    name = f"PatientName={summary['patientName'][:4]}*"
    (found,) = server.call("find", peer, "-k", name)
    assert found["0020000D"]["Value"] == [study["uid"]], found
    assert server.call("find", peer, "-k", "PatientName=NOBODY*") == []
    below = ["--level", "series", "-k", f"StudyInstanceUID={study['uid']}"]
    series = server.call("find", peer, *below)
    expected = {each["uid"] for each in study["series"]}
    assert {each["0020000E"]["Value"][0] for each in series} == expected, series
    with tempfile.TemporaryDirectory() as folder:
        told = server.call("get", peer, "--study", study["uid"], "--out", folder)
        assert told["stored"] == study["instances"] and not told["refused"], told
        assert encoded(folder) == encoded(files)


def both_directions(certificates):
    with house(certificates) as server, tempfile.TemporaryDirectory() as files:
        summary = phantom(files, kind="ct", slices=6, seed=11)
        with storescp(certificates) as (port, received):
            server.add_peer(TITLE, "echo,store,find,move,get", port)
            to_us(server, files, summary)
            scu("movescu", server, "-S", "-aem", TITLE, *whole(summary))
            assert encoded(received) == encoded(files)
        with storescp(certificates) as (port, received):
            from_us_to_storescp(server, port, files)
            assert encoded(received) == encoded(files)
        with dcmqrscp(certificates) as port:
            from_us_to_dcmqrscp(server, port, files, summary)
        if certificates is not None:
            assert not anonymous_echo(server)
            until(lambda: "the peer shows no certificate" in server.log())


skip_without()
plain_and_secure(both_directions)
print("plain and over TLS")
