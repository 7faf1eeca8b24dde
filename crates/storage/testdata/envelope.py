"""An independent reader and writer of the envelope, from docs/envelope.md alone.

Needs Python 3.8 and the package "cryptography".

    python3 envelope.py vectors                      prints the test vectors (vectors.json)
    python3 envelope.py check vectors.json           opens every vector
    python3 envelope.py open KEYHEX SEALED           writes the plaintext of a sealed file
"""

import hashlib
import hmac
import json
import struct
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 65536
HEADER = 132


def expand(prk, info, length):
    """HKDF-Expand, RFC 5869, with SHA-512."""
    output, block, counter = b"", b"", 1
    while len(output) < length:
        block = hmac.new(prk, block + info + bytes([counter]), hashlib.sha512).digest()
        output, counter = output + block, counter + 1
    return output[:length]


def extract(salt, secret):
    """HKDF-Extract, RFC 5869, with SHA-512. No salt is 64 zero bytes."""
    return hmac.new(salt or bytes(64), secret, hashlib.sha512).digest()


def schedule(header, data_key):
    context = hashlib.sha512(header).digest()
    output = expand(extract(header[100:132], data_key), b"lightcase/v1" + context, 76)
    return output[:32], output[32:44], output[44:]


def nonce(base, index, last):
    return bytes(a ^ b for a, b in zip(base, bytes(7) + struct.pack(">IB", index, last)))


def seal(case, plain):
    prefix = b"LCASE" + bytes([1, 1, case["kind"]]) + case["subject_key_id"] + case["object_id"]
    wrapped = AESGCM(case["subject_key"]).encrypt(case["wrap_nonce"], case["data_key"], prefix)
    header = prefix + case["wrap_nonce"] + wrapped + case["salt"]
    key, base, commitment = schedule(header, case["data_key"])
    body, last = b"", len(plain) // CHUNK
    for index in range(last + 1):
        chunk = plain[index * CHUNK : (index + 1) * CHUNK]
        body += AESGCM(key).encrypt(nonce(base, index, index == last), chunk, None)
    return header + commitment + body, key, base


def open_sealed(subject_key, sealed):
    header, commitment, body = sealed[:HEADER], sealed[HEADER : HEADER + 32], sealed[HEADER + 32 :]
    if len(commitment) != 32 or header[:7] != b"LCASE\x01\x01":
        raise ValueError("not an envelope of version 1, suite 1")
    data_key = AESGCM(subject_key).decrypt(header[40:52], header[52:100], header[:40])
    key, base, expected = schedule(header, data_key)
    if not hmac.compare_digest(commitment, expected):
        raise ValueError("commitment")
    plain, last = b"", len(body) // (CHUNK + 16)
    for index in range(last + 1):
        chunk = body[index * (CHUNK + 16) : (index + 1) * (CHUNK + 16)]
        plain += AESGCM(key).decrypt(nonce(base, index, index == last), chunk, None)
    return plain


def pattern(length):
    return (bytes(range(251)) * (length // 251 + 1))[:length]


def vectors():
    root, field_nonce, wrap_nonce = bytes([9] * 32), bytes([5] * 12), bytes([6] * 12)
    subject_id, subject_key = bytes(range(16, 32)), bytes(range(32, 64))
    objects = []
    for number, (kind, length) in enumerate([(1, 0), (1, 1), (2, 100), (4, 65535), (1, 65536), (1, 65537), (5, 300000)]):
        case = {
            "kind": kind,
            "subject_key_id": subject_id,
            "subject_key": subject_key,
            "object_id": hashlib.sha256(b"object %d" % number).digest()[:16],
            "data_key": hashlib.sha256(b"data key %d" % number).digest(),
            "wrap_nonce": hashlib.sha256(b"wrap nonce %d" % number).digest()[:12],
            "salt": hashlib.sha256(b"salt %d" % number).digest(),
        }
        sealed, key, base = seal(case, pattern(length))
        entry = {name: value if name == "kind" else value.hex() for name, value in case.items()}
        entry.update(
            plain_len=length,
            header=sealed[:HEADER].hex(),
            key=key.hex(),
            base_nonce=base.hex(),
            commitment=sealed[HEADER : HEADER + 32].hex(),
            sealed_len=len(sealed),
            sealed_sha256=hashlib.sha256(sealed).hexdigest(),
        )
        if length <= 100:
            entry["sealed"] = sealed.hex()
        objects.append(entry)
    prk = extract(None, root)
    root_id = expand(prk, b"lightcase/root/id/v1", 16)
    root_wrap = expand(prk, b"lightcase/root/wrap/v1", 32)
    wrapped = AESGCM(root_wrap).encrypt(wrap_nonce, subject_key, b"lightcase/subject/v1" + subject_id)
    field_key = expand(extract(None, subject_key), b"lightcase/field/v1", 32)
    context, text = b"audit/7", "Doe^Jane".encode()
    field = AESGCM(field_key).encrypt(field_nonce, text, b"\x01" + subject_id + context)
    return {
        "plaintext": "byte i of a plaintext is i modulo 251",
        "objects": objects,
        "wrapped_key": {
            "root_key": root.hex(),
            "root_key_id": root_id.hex(),
            "subject_key_id": subject_id.hex(),
            "subject_key": subject_key.hex(),
            "wrapped": (b"\x01" + root_id + wrap_nonce + wrapped).hex(),
        },
        "field": {
            "subject_key_id": subject_id.hex(),
            "subject_key": subject_key.hex(),
            "context": context.decode(),
            "text": text.decode(),
            "sealed": (b"\x01" + field_nonce + field).hex(),
        },
    }


def check(path):
    for entry in json.load(open(path))["objects"]:
        case = {name: bytes.fromhex(entry[name]) for name in ("subject_key_id", "subject_key", "object_id", "data_key", "wrap_nonce", "salt")}
        sealed, _, _ = seal({"kind": entry["kind"], **case}, pattern(entry["plain_len"]))
        assert hashlib.sha256(sealed).hexdigest() == entry["sealed_sha256"]
        stored = bytes.fromhex(entry["sealed"]) if "sealed" in entry else sealed
        assert open_sealed(case["subject_key"], stored) == pattern(entry["plain_len"])
        print("ok", entry["plain_len"])


if __name__ == "__main__":
    if sys.argv[1:] == ["vectors"]:
        json.dump(vectors(), sys.stdout, indent=1)
        print()
    elif sys.argv[1:2] == ["check"]:
        check(sys.argv[2])
    elif sys.argv[1:2] == ["open"]:
        sys.stdout.buffer.write(open_sealed(bytes.fromhex(sys.argv[2]), open(sys.argv[3], "rb").read()))
    else:
        sys.exit(__doc__)
