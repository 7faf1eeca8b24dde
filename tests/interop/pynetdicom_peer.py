"""pynetdicom sends to us, queries us, receives from us and asks for storage commitment; we send to
it, query it and get from it."""

import pathlib
import socket
import tempfile
import threading

import pydicom
from _house import house, until
from _objects import decoded, encoded
from _pynetdicom import TITLE, Archive, associate, association, keeping
from _secure import plain_and_secure
from _server import phantom
from pydicom.uid import generate_uid
from pynetdicom import sop_class
from pynetdicom.sop_class import CTImageStorage, StorageCommitmentPushModel, Verification


def model(root, verb):
    return getattr(sop_class, f"{root}RootQueryRetrieveInformationModel{verb}")


def identifier(level, **keys):
    dataset = pydicom.Dataset()
    dataset.QueryRetrieveLevel = level
    for keyword, value in keys.items():
        setattr(dataset, keyword, value)
    return dataset


def sent(server, files):
    with association(server, Verification, CTImageStorage) as peer:
        assert peer.send_c_echo().Status == 0x0000
        for path in sorted(pathlib.Path(files).rglob("*.dcm")):
            assert peer.send_c_store(path).Status == 0x0000


def find(server, root, level, **keys):
    verb = model(root, "Find")
    with association(server, verb) as peer:
        *pending, (final, _) = peer.send_c_find(identifier(level, **keys), verb)
    assert final.Status == 0x0000, final
    assert all(status.Status == 0xFF00 for status, _ in pending), pending
    return [found for _, found in pending]


def queried(server, summary, files):
    (study,), images = summary["studies"], decoded(files)
    name = {"PatientName": f"{summary['patientName'][:4]}*"}
    (patient,) = find(server, "Patient", "PATIENT", PatientID="", PatientBirthDate="", **name)
    assert patient.PatientID == study["patientId"], patient
    assert patient.PatientBirthDate == next(iter(images.values())).PatientBirthDate, patient
    for root, above in (("Study", {}), ("Patient", {"PatientID": study["patientId"]})):
        (found,) = find(server, root, "STUDY", StudyInstanceUID="", StudyDate="", **above)
        assert found.StudyInstanceUID == study["uid"], found
        above = {**above, "StudyInstanceUID": study["uid"]}
        series = find(server, root, "SERIES", SeriesInstanceUID="", Modality="CT", **above)
        uids = {each.SeriesInstanceUID for each in series}
        assert uids == {each["uid"] for each in study["series"]}, uids
        known = set()
        for uid in uids:
            at = {**above, "SeriesInstanceUID": uid}
            found = find(server, root, "IMAGE", SOPInstanceUID="", InstanceNumber="", **at)
            for each in found:
                assert each.InstanceNumber == images[each.SOPInstanceUID].InstanceNumber, each
            known |= {each.SOPInstanceUID for each in found}
        assert known == set(images)
    assert not find(server, "Study", "STUDY", StudyInstanceUID="", PatientName="NOBODY*")


def retrieved(server, summary, files):
    (study,) = summary["studies"]
    for root, above in (("Study", {}), ("Patient", {"PatientID": study["patientId"]})):
        verb = model(root, "Get")
        asked = identifier("STUDY", StudyInstanceUID=study["uid"], **above)
        with tempfile.TemporaryDirectory() as folder:
            handlers = [keeping(folder)]
            with association(server, verb, stores=[CTImageStorage], handlers=handlers) as peer:
                final, _ = list(peer.send_c_get(asked, verb))[-1]
            assert final.Status == 0x0000, final
            assert final.NumberOfCompletedSuboperations == study["instances"], final
            assert encoded(folder) == encoded(files)


def moved(server, archive, summary, files):
    (study,) = summary["studies"]
    verb = model("Study", "Move")
    asked = identifier("STUDY", StudyInstanceUID=study["uid"])
    with association(server, verb) as peer:
        final, _ = list(peer.send_c_move(asked, TITLE, verb))[-1]
        assert final.Status == 0x0000, final
        assert final.NumberOfCompletedSuboperations == study["instances"], final
        final, _ = list(peer.send_c_move(asked, "NOBODY", verb))[-1]
        assert final.Status == 0xA801, final
    assert encoded(archive.folder) == encoded(files)


def cancelled(server, summary):
    """A destination that takes the connection and says nothing keeps nobody waiting who cancels."""
    (study,), verb = summary["studies"], model("Study", "Move")
    asked = identifier("STUDY", StudyInstanceUID=study["uid"])
    with socket.create_server(("127.0.0.1", 0)) as hung, association(server, verb) as peer:
        server.add_peer("HUNG", "echo", hung.getsockname()[1])

        def cancel():
            with hung.accept()[0]:
                peer.send_c_cancel(1, query_model=verb)
                answered.wait()

        answered, thread = threading.Event(), threading.Thread(target=cancel)
        thread.start()
        final, _ = list(peer.send_c_move(asked, "HUNG", verb, msg_id=1))[-1]
        answered.set()
        thread.join()
    assert final.Status == 0xFE00, final


def committed(server, archive, files):
    action = pydicom.Dataset()
    action.TransactionUID = generate_uid()
    action.ReferencedSOPSequence = []
    for image in decoded(files).values():
        item = pydicom.Dataset()
        item.ReferencedSOPClassUID = image.SOPClassUID
        item.ReferencedSOPInstanceUID = image.SOPInstanceUID
        action.ReferencedSOPSequence.append(item)
    # Who releases at once is called back.
    with association(server, StorageCommitmentPushModel) as peer:
        status, _ = peer.send_n_action(
            action, 1, StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1"
        )
        assert status.Status == 0x0000, status
    until(lambda: action.TransactionUID in archive.told)
    kind, information = archive.told[action.TransactionUID]
    assert kind == 1 and len(information.ReferencedSOPSequence) == len(decoded(files))


def called_by_us(server, archive, summary, files):
    (study,), place = summary["studies"], f"{TITLE}@127.0.0.1:{archive.port}"
    assert server.call("echo", place)["peer"] == place
    told = server.call("store", place, files)
    assert (told["stored"], told["refused"], told["left"]) == (study["instances"], [], 0), told
    assert encoded(archive.folder) == encoded(files)
    (found,) = server.call("find", place, "-k", f"PatientName={summary['patientName'][:4]}*")
    assert found["0020000D"]["Value"] == [study["uid"]], found
    below = ["--level", "series", "-k", f"StudyInstanceUID={study['uid']}"]
    series = server.call("find", place, *below)
    uids = {each["0020000E"]["Value"][0] for each in series}
    assert uids == {each["uid"] for each in study["series"]}, uids
    assert server.call("find", place, "-k", "PatientName=NOBODY*") == []
    with tempfile.TemporaryDirectory() as folder:
        told = server.call("get", place, "--study", study["uid"], "--out", folder)
        assert told["stored"] == study["instances"] and not told["refused"], told
        assert decoded(folder) == decoded(files)


def both_directions(certificates):
    with house(certificates) as server, tempfile.TemporaryDirectory() as files:
        summary = phantom(files, kind="ct", slices=6, seed=13)
        with tempfile.TemporaryDirectory() as received:
            archive = Archive(received)
            server.add_peer(TITLE, "echo,store,find,move,get,commit", archive.port)
            sent(server, files)
            queried(server, summary, files)
            retrieved(server, summary, files)
            with archive.listening(certificates):
                moved(server, archive, summary, files)
                cancelled(server, summary)
                if certificates is not None:
                    committed(server, archive, files)
        with tempfile.TemporaryDirectory() as received:
            archive = Archive(received)
            with archive.listening(certificates):
                called_by_us(server, archive, summary, files)
        if certificates is not None:
            anonymous = associate(server, certificates.anonymous(), Verification)
            assert not anonymous.is_established
            until(lambda: "the peer shows no certificate" in server.log())


plain_and_secure(both_directions)
print("plain and over TLS")
