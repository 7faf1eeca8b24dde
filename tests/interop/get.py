"""pynetdicom gets the corpus in Explicit VR Little Endian, whatever it is held in: as it was sent
where it is held so, else written anew with the same elements and the same pixels."""

import collections
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pydicom
from _house import house
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, build_role, evt
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelGet as Get

# Bytes of unknown meaning stay what they are; pydicom would guess at them.
pydicom.config.replace_un_with_known_vr = False

RLE = "1.2.840.10008.1.2.5"
# What DCMTK undoes without loss, so that every pixel can be compared.
ORACLES = {
    "1.2.840.10008.1.2.4.57": "dcmdjpeg",
    "1.2.840.10008.1.2.4.70": "dcmdjpeg",
    "1.2.840.10008.1.2.4.80": "dcmdjpls",
    RLE: "dcmdrle",
}
# Made anew, or of encapsulated pixel data only.
OTHER = {0x00280004, 0x00280006, 0x7FE00001, 0x7FE00002, 0x7FE00003, 0x7FE00010, 0xFFFCFFFC}


def elements(dataset, skipped):
    """Every element with its value, items unfolded."""
    found = {}
    for element in dataset:
        if element.tag in skipped or element.tag.element == 0:
            continue
        if element.VR == "SQ":
            found[element.tag] = [elements(item, set()) for item in element.value]
        else:
            found[element.tag] = element.value
    return found


def without_representations(dataset):
    """What is left of a data set when VRs are not written."""
    file = pydicom.filebase.DicomBytesIO()
    file.is_little_endian, file.is_implicit_VR = True, True
    copy = pydicom.Dataset({e.tag: e for e in dataset if e.tag not in OTHER})
    # Pixel Representation tells what "US or SS" is.
    pydicom.filewriter.write_dataset(file, copy)
    file.seek(0)
    return pydicom.filereader.read_dataset(file, True, True)


def samples(folders):
    found = {}
    for folder in folders:
        for path in sorted(folder.iterdir()):
            try:
                image = pydicom.dcmread(path)
                uid, study = image.SOPInstanceUID, image.StudyInstanceUID
            except Exception:
                continue
            found.setdefault(str(uid), (path, str(study)))
    return found


def get(server, study, syntax, classes):
    entity = AE(ae_title="GETTER")
    entity.add_requested_context(Get, [syntax])
    roles = []
    for uid in sorted(classes)[:120]:
        entity.add_requested_context(uid, [syntax])
        roles.append(build_role(uid, scp_role=True))
    came = {}

    def store(event):
        came[str(event.request.AffectedSOPInstanceUID)] = event.encoded_dataset()
        return 0x0000

    association = entity.associate(
        server.host, server.port, ae_title=server.title,
        ext_neg=roles, evt_handlers=[(evt.EVT_C_STORE, store)],
    )
    assert association.is_established
    identifier = pydicom.Dataset()
    identifier.QueryRetrieveLevel = "STUDY"
    identifier.StudyInstanceUID = study
    responses = list(association.send_c_get(identifier, Get))
    association.release()
    return came, responses[-1][0]


def native(path, syntax, folder):
    """The pixels as DCMTK decodes them, little endian."""
    tool = ORACLES.get(syntax)
    if tool is None or shutil.which(tool) is None:
        return None
    out = pathlib.Path(folder) / "native.dcm"
    done = subprocess.run([tool, str(path), str(out)], capture_output=True)
    return pydicom.dcmread(out) if done.returncode == 0 else None


def compare(path, encoded, syntax, folder, tally):
    held = pydicom.dcmread(path)
    # Behind the preamble pydicom's encoded data set has a file meta group of its own.
    new = pydicom.dcmread(pydicom.filebase.DicomBytesIO(encoded))
    assert new.file_meta.TransferSyntaxUID == syntax
    before = held.file_meta.TransferSyntaxUID
    expected, skipped = held, OTHER
    if syntax.is_implicit_VR:
        # pydicom takes the signs of a LUT Descriptor from elsewhere in each of the two.
        expected, skipped = without_representations(held), OTHER | {0x00283000}
    left, right = elements(expected, skipped), elements(new, skipped)
    if left != right:
        different = [tag for tag in left.keys() | right.keys() if left.get(tag) != right.get(tag)]
        tally["other elements"] += 1
        return [f"{path.name}: {different}"]
    if "PixelData" not in held:
        tally["no pixels"] += 1
    elif before.is_encapsulated:
        assert "PixelData" in new and not new["PixelData"].is_undefined_length
        reference = native(path, str(before), folder)
        if reference is not None:
            if reference.PixelData != new.PixelData and not same_colours(reference, new):
                return [f"{path.name}: other pixels"]
            tally["decoded, equal to DCMTK's"] += 1
        else:
            tally["decoded"] += 1
    elif before == "1.2.840.10008.1.2.2":
        if not (held.pixel_array == new.pixel_array).all():
            return [f"{path.name}: other pixels"]
        tally["big endian"] += 1
    else:
        if held.PixelData != new.PixelData:
            return [f"{path.name}: other pixels"]
        tally["native"] += 1
    return []


def same_colours(reference, new):
    """The same samples, whether by plane or by pixel."""
    if reference.PhotometricInterpretation != new.PhotometricInterpretation:
        return False
    return (reference.pixel_array == new.pixel_array).all()


def main():
    corpus = os.environ.get("LIGHTCASE_CORPUS")
    if not corpus:
        print("LIGHTCASE_CORPUS does not name a corpus")
        sys.exit(77)
    folders = [pathlib.Path(corpus) / "public" / name for name in ("syntax", "classes", "charset")]
    with house() as server, tempfile.TemporaryDirectory() as folder:
        server.add_peer("GETTER", "echo,get")
        server.run("import", *folders, fails=True)
        known = samples(folders)
        classes = {str(pydicom.dcmread(path).SOPClassUID) for path, _ in known.values()}
        tally, wrong, failed = collections.Counter(), [], 0
        for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian):
            for study in sorted({study for _, study in known.values()}):
                came, final = get(server, study, syntax, classes)
                assert final.Status in (0x0000, 0xB000, 0xA702), hex(final.Status)
                failed += getattr(final, "NumberOfFailedSuboperations", 0)
                for uid, encoded in came.items():
                    wrong += compare(known[uid][0], encoded, syntax, folder, tally)
        for line in wrong:
            print(line)
        assert not wrong
        print(dict(tally), f"{failed} could not be written anew")
        assert tally["decoded, equal to DCMTK's"] >= 6 and tally["big endian"] >= 2
        assert tally["native"] >= 50 and tally["decoded"] >= 20
        begun = [event for event in server.events() if event["event"] == "retrieve_begun"]
        assert begun and all(event["data"]["service"] == "C-GET" for event in begun)


main()
