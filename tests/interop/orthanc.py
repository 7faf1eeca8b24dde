"""Orthanc sends to us, queries us, receives from us and asks for storage commitment; we send to
it, query it and get from it."""

import json
import tempfile

from _house import free_port, house, until
from _objects import decoded, encoded
from _orthanc import TITLE, orthanc, skip_without
from _secure import plain_and_secure
from _server import phantom


def holds(peer, files):
    """Whether Orthanc has what is in the files, element by element."""
    with tempfile.TemporaryDirectory() as folder:
        peer.write(folder)
        return decoded(folder) == decoded(files)


def sent_by_orthanc(peer, files):
    peer.json("/modalities/LC/echo", {})
    peer.take(files)
    told = peer.json("/modalities/LC/store", peer.json("/studies"))
    assert (told["InstancesCount"], told["FailedInstancesCount"]) == (len(encoded(files)), 0), told


def answers(peer, query):
    count = len(peer.json(query["Path"] + "/answers"))
    contents = (f"{query['Path']}/answers/{index}/content?simplify" for index in range(count))
    return [peer.json(content) for content in contents]


def ask(peer, level, **keys):
    return peer.json("/modalities/LC/query", {"Level": level, "Query": keys})


def queried_and_retrieved(peer, server, summary, files):
    (study,), name = summary["studies"], summary["patientName"]
    (patient,) = answers(peer, ask(peer, "Patient", PatientID=study["patientId"], PatientName=""))
    assert patient["PatientName"] == name, patient
    assert not answers(peer, ask(peer, "Study", PatientName="NOBODY*", StudyInstanceUID=""))
    query = ask(
        peer, "Study", PatientName=f"{name[:4]}*", StudyInstanceUID="", ModalitiesInStudy="",
        AccessionNumber="", NumberOfStudyRelatedInstances="",
    )
    (found,) = answers(peer, query)
    assert found["StudyInstanceUID"] == study["uid"], found
    assert found["ModalitiesInStudy"] == study["modality"], found
    assert found["AccessionNumber"] == study["accession"], found
    assert found["NumberOfStudyRelatedInstances"] == str(study["instances"]), found
    assert found["RetrieveAETitle"] == server.title, found
    below = peer.json(f"{query['Path']}/answers/0/query-series", {"Query": {}})
    uids = {each["SeriesInstanceUID"] for each in answers(peer, below)}
    assert uids == {series["uid"] for series in study["series"]}, uids

    peer.forget()
    told = peer.json(f"{query['Path']}/retrieve", {"TargetAet": TITLE, "Synchronous": True})
    assert told["Query"][0]["0020,000d"] == study["uid"], told
    assert holds(peer, files)


def committed(peer, server, files):
    images = [(image.SOPClassUID, uid) for uid, image in decoded(files).items()]
    missing = (images[0][0], "1.2.3.4.5.6")
    asked = [{"SOPClassUID": kind, "SOPInstanceUID": uid} for kind, uid in [*images, missing]]
    request = peer.json("/modalities/LC/storage-commitment", {"DicomInstances": asked})
    until(lambda: peer.json(request["Path"])["Status"] != "Pending")
    report = peer.json(request["Path"])
    assert {each["SOPInstanceUID"] for each in report["Success"]} == {uid for _, uid in images}
    (failure,) = report["Failures"]
    assert (failure["SOPInstanceUID"], failure["FailureReason"]) == (missing[1], 0x0112), failure
    until(lambda: "storage commitment was reported" in server.log())


def called_by_us(peer, server, summary, files):
    (study,), place = summary["studies"], f"{TITLE}@127.0.0.1:{peer.port}"
    peer.forget()
    server.call("echo", place)
    told = server.call("store", place, files)
    assert (told["stored"], told["refused"], told["left"]) == (study["instances"], [], 0), told
    assert holds(peer, files)
    name = f"PatientName={summary['patientName'][:4]}*"
    (found,) = server.call("find", place, "-k", name)
    assert found["0020000D"]["Value"] == [study["uid"]], found
    below = ["--level", "series", "-k", f"StudyInstanceUID={study['uid']}"]
    series = server.call("find", place, *below)
    expected = {each["uid"] for each in study["series"]}
    assert {each["0020000E"]["Value"][0] for each in series} == expected, series
    with tempfile.TemporaryDirectory() as folder:
        told = server.call("get", place, "--study", study["uid"], "--out", folder)
        assert told["stored"] == study["instances"] and not told["refused"], told
        assert decoded(folder) == decoded(files)


def strangers(peer, server):
    """Without TLS we are not called; without a certificate Orthanc is not."""
    assert peer.ask("/modalities/STRANGER/echo", {}).status_code == 500
    until(lambda: "the peer does not speak TLS" in server.log())
    place, ca = f"{TITLE}@127.0.0.1:{peer.port}", server.certificates.authority
    told = json.loads(server.run("echo", place, "--tls", "--ca", ca, "--json", fails=True))
    assert told["problem"]["name"] == "TlsOursMissing", told


def both_directions(certificates):
    port = free_port()
    with house(certificates) as server, tempfile.TemporaryDirectory() as files:
        summary = phantom(files, kind="ct", slices=6, seed=12)
        server.add_peer(TITLE, "echo,store,find,move,commit", port)
        with orthanc(server, port) as peer:
            sent_by_orthanc(peer, files)
            queried_and_retrieved(peer, server, summary, files)
            committed(peer, server, files)
            called_by_us(peer, server, summary, files)
            if certificates is not None:
                strangers(peer, server)


skip_without()
plain_and_secure(both_directions)
print("plain and over TLS")
