"""Texts that must not stand somewhere, in the spellings a program may give them."""

import base64
import re


def _base64(data):
    """Base64 depends on where in its three bytes a text begins; its ends, on what stands beside it."""
    for before in range(3):
        encoded = base64.b64encode(b" " * before + data)
        whole = (before + len(data)) // 3 * 4
        part = encoded[0 if before == 0 else 4 : whole]
        yield part
        yield part.translate(bytes.maketrans(b"+/", b"-_"))


class Needle:
    """A text: as it is and in either case, in UTF-8 and UTF-16, in hexadecimal and both alphabets of
    base64. What is 256 bits in base64url is looked for as these bits, too."""

    def __init__(self, what, text):
        assert len(text) > 4, (what, text)
        self.what = what
        self.number = re.compile(rb"(?<![0-9])%b(?![0-9])" % text.encode()) if text.isdigit() else None
        self.folded, self.exact = set(), set()
        for each in {text, text.lower(), text.upper()}:
            data = each.encode()
            wide = [each.encode("utf-16-le").lower(), each.encode("utf-16-be").lower()]
            self.folded.update([*wide, data.hex().encode()])
            # A short number is part of many longer ones.
            if self.number is None:
                self.folded.add(data.lower())
            self.exact.update(_base64(data))
        if re.fullmatch("[A-Za-z0-9_-]{43}", text):
            bits = base64.urlsafe_b64decode(text + "=")
            self.exact.update([bits, *_base64(bits)])
            self.folded.add(bits.hex().encode())

    def stands_in(self, blob, folded):
        return (
            any(form in folded for form in self.folded)
            or any(form in blob for form in self.exact)
            or (self.number is not None and self.number.search(blob) is not None)
        )


def needles(what, texts):
    return [Needle(what, text) for text in texts]


def nothing_of(sought, place, blob):
    """None of the needles stands in some bytes."""
    folded = blob.lower()
    found = sorted({needle.what for needle in sought if needle.stands_in(blob, folded)})
    assert not found, f"{place} holds: {', '.join(found)}"


def unhexed(blob):
    """The bytes that stand in hexadecimal in some text, behind `\\x` as PostgreSQL writes them."""
    runs = re.findall(rb"\\x((?:[0-9a-f]{2})+)", blob)
    return b"\n".join(bytes.fromhex(run.decode()) for run in runs)
