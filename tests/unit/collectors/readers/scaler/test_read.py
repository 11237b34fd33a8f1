"""A scaler is read as numbers or refused by name; nothing in it is ever loaded as code."""

from __future__ import annotations

import io
import json
import math
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.readers.scaler.read import MAX_BYTES, read_scaler

GOOD: dict[str, Any] = {"method": "zscore", "eps": 1e-06, "center": [-0.5, 2], "scale": [1.5, 3]}
RECORDED = Path(__file__).parents[4] / "data/configs/scaler_fdc.json"


def _json(**changes: Any) -> bytes:
    values = {**GOOD, **changes}
    return json.dumps({key: value for key, value in values.items() if value is not KeyError}).encode()


def _npz(compress: bool = False, **arrays: Any) -> bytes:
    out = io.BytesIO()
    (np.savez_compressed if compress else np.savez)(out, **arrays)
    return out.getvalue()


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_npy", ".npy").replace("_pkl", ".pkl"), data)
    return out.getvalue()


def _npy(header: bytes, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


class Attack:
    """Unpickling this makes a file."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.canary,))


def test_the_recorded_scaler_of_the_pipeline_is_read() -> None:
    evidence = read_scaler(RECORDED.read_bytes(), name="artifacts/scaler_fdc.json")

    assert (evidence.format, evidence.method, evidence.findings) == ("json", "zscore", ())
    assert evidence.center == tuple(json.loads(RECORDED.read_text())["center"])
    assert evidence.scale is not None
    assert len(evidence.scale) == 6


def test_numbers_become_floats_and_other_keys_do_not_matter() -> None:
    evidence = read_scaler(_json())

    assert evidence.sound
    assert evidence.center == (-0.5, 2.0)
    assert evidence.scale is not None
    assert [type(value) for value in evidence.scale] == [float, float]


def test_not_a_number_infinity_and_zero_are_kept_for_the_check_to_judge() -> None:
    evidence = read_scaler(_json(center=[math.nan, math.inf], scale=[0, -1]))

    assert evidence.sound
    assert str(evidence.center) == "(nan, inf)"
    assert evidence.scale == (0.0, -1.0)


def test_a_whole_number_too_large_for_a_float_becomes_infinite() -> None:
    evidence = read_scaler(_json(center=[10**400, -(10**400)]))

    assert evidence.center == (math.inf, -math.inf)


def test_empty_lists_are_numbers_of_no_channel() -> None:
    evidence = read_scaler(_json(center=[], scale=[]))

    assert (evidence.center, evidence.scale, evidence.sound) == ((), (), True)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_scaler_in_another_encoding_is_read(encoding: str) -> None:
    assert read_scaler(_json().decode().encode(encoding)).center == (-0.5, 2.0)


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("method", [np.str_("zscore"), np.bytes_(b"zscore"), "zscore"])
def test_an_npz_scaler_is_read_like_a_json_one(compress: bool, method: Any) -> None:
    arrays = {"method": method, "center": np.array([-0.5, 2], "f4"), "scale": np.array([1, 3], ">i8"), "eps": 1e-6}

    evidence = read_scaler(_npz(compress, **arrays), name="scaler.npz")

    assert (evidence.format, evidence.method, evidence.findings) == ("npz", "zscore", ())
    assert (evidence.center, evidence.scale) == ((-0.5, 2.0), (1.0, 3.0))


SHAPE_OF_MANY = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }\n"
OBJECTS = b"{'descr': '|O', 'fortran_order': False, 'shape': (2,), }\n"
CODE = b"{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (2,), }\n"
RECORDS = b"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }\n"
NUMBERS = np.array([1.0, 2.0])
METHOD = b"{'descr': '<U6', 'fortran_order': False, 'shape': (), }\n"
NUMBER = b"{'descr': '<f8', 'fortran_order': False, 'shape': (), }\n"
SOUND_NPZ = _npz(method="zscore", center=NUMBERS, scale=NUMBERS)

BROKEN: list[tuple[str, bytes, str, str, str | None]] = [
    # what it is, the contents, the format, what must be said, where
    ("empty", b"", "unknown", "is empty (0 bytes)", None),
    ("nothing but zero bytes", b"\0" * 100, "json", "zero bytes", None),
    ("no JSON", b"method: zscore", "json", "expected a value, found `method`", "line 1, column 1"),
    ("half written", _json()[:60], "json", "is it cut off?", "line 1"),
    ("a list", b"[1, 2]", "json", "is a list; an object with `method`, `center`, `scale` was expected", None),
    ("a number", b"3", "json", "is the number `3`; an object", None),
    ("null", b"null", "json", "is null; an object", None),
    ("no method", _json(method=KeyError), "json", "has no `method`; it has `eps`, `center`, `scale`", None),
    ("no center", _json(center=KeyError), "json", "has no `center`", None),
    ("no scale", _json(scale=KeyError), "json", "has no `scale`", None),
    ("an empty object", b"{}", "json", "has no `method`; it has nothing", None),
    ("a center twice", b'{"method":"z","center":[1],"center":[2],"scale":[1]}', "json", "stands twice", "line 1"),
    ("one number as center", _json(center=5), "json", "found the number `5` where a list", "center"),
    ("an object as scale", _json(scale={"0": 1}), "json", "found an object where a list", "scale"),
    ("null as scale", _json(scale=None), "json", "found null where a list", "scale"),
    ("a nested center", _json(center=[[1, 2]]), "json", "found a list where a number was expected", "center[0]"),
    ("numbers as text", _json(scale=[1, "2"]), "json", "found the text `2` where a number", "scale[1]"),
    (
        "NaN as text",
        _json(center=["nan", "x"]),
        "json",
        "found the text `nan` where a number was expected, and 1 more",
        "c",
    ),
    ("booleans", _json(scale=[1, True]), "json", "found the boolean true where a number", "scale[1]"),
    ("null among numbers", _json(center=[1, None]), "json", "found null where a number", "center[1]"),
    ("unequal lengths", _json(scale=[1]), "json", "`center` has 2 numbers, `scale` has 1", None),
    ("a number as method", _json(method=3), "json", "found the number `3` where a name was expected", "method"),
    ("a hostile text as number", _json(center=["<script>\x1b[31m"]), "json", "`<script>\\x1b[31m`", "center[0]"),
    ("a pickle", pickle.dumps(GOOD), "pickle", "is a pickle, which runs code when it is loaded", None),
    ("an old pickle by its name", pickle.dumps(GOOD, 0), "pickle", "is a pickle, which runs code", None),
    ("a PyTorch file", _zip(archive__data_pkl=b"x", archive__data__0=b"x"), "pickle", "is a PyTorch file", None),
    ("gzip data", b"\x1f\x8b\x08", "unknown", "is gzip data; JSON or npz was expected", None),
    ("a single array", b"\x93NUMPY\x01\x00", "unknown", "is a numpy array; JSON or npz was expected", None),
    ("an HDF5 file", b"\x89HDF\r\n\x1a\n", "unknown", "is an HDF5 file", None),
    ("more than 16 MiB", b" " * (MAX_BYTES + 1), "unknown", "at most 16,777,216 are read", None),
    ("a quarter of a million values", b"[" + b"1," * 250_000 + b"1]", "json", "more than 200,000 values", "line 1"),
    ("an npz cut off", SOUND_NPZ[:300], "npz", "the file is cut short or still being written", None),
    ("an npz with a flipped byte", _flipped(SOUND_NPZ, 170), "npz", "do not have the checksum (CRC-32)", "method.npy"),
    ("an npz without members", _zip(), "npz", "has no `center`; it has nothing", None),
    ("an npz without method", _npz(center=NUMBERS, scale=NUMBERS), "npz", "has no `method`", None),
    ("objects in an npz", _npz(method="z", center=np.array([None, 1]), scale=NUMBERS), "npz", "Python objects", None),
    ("objects by the header", _zip(center_npy=_npy(OBJECTS)), "npz", "Python objects (a pickle)", None),
    ("code in an array header", _zip(center_npy=_npy(CODE)), "npz", "an array header that is not read here", None),
    ("records in an array", _zip(center_npy=_npy(RECORDS)), "npz", "an array header that is not read here", None),
    ("an array of 8 TB", _zip(center_npy=_npy(SHAPE_OF_MANY, b"x" * 16)), "npz", "1,000,000,000,000 x 8 were", None),
    ("no array in an npz", _zip(center_npy=b"hello, this is text"), "npz", "`center` is no numpy array", None),
    ("a short member", _zip(center_npy=b"\x93NUMPY"), "npz", "`center` is no numpy array", None),
    (
        "a bomb in an npz",
        _npz(True, method="z", center=np.zeros(3 << 20)),
        "npz",
        "at most 16,777,216 are read",
        "center.npy",
    ),
    ("a table as center", _npz(method="z", center=np.ones((2, 2)), scale=NUMBERS), "npz", "has 2 dimensions", None),
    (
        "booleans in an npz",
        _npz(method="z", center=np.ones(2, bool), scale=NUMBERS),
        "npz",
        "`center` holds bool",
        None,
    ),
    (
        "complex numbers",
        _npz(method="z", center=NUMBERS, scale=np.ones(2, "c8")),
        "npz",
        "`scale` holds complex64",
        None,
    ),
    ("texts as method", _npz(method=np.array(["a"]), center=NUMBERS, scale=NUMBERS), "npz", "`method` holds str", None),
]


@pytest.mark.parametrize(("data", "kind", "words", "where"), [row[1:] for row in BROKEN], ids=[r[0] for r in BROKEN])
def test_a_broken_scaler_is_an_error_that_says_what_and_where(
    data: bytes, kind: str, words: str, where: str | None
) -> None:
    name = "scaler.pkl" if data.startswith(b"(dp") else "scaler.json"

    evidence = read_scaler(data, name=name)

    errors = [finding for finding in evidence.findings if finding.severity == "error"]
    assert evidence.format == kind
    assert not evidence.sound
    [error] = [finding for finding in errors if words in finding.text]
    assert (error.where is None) is (where is None)
    assert (where or "") in (error.where or "")


@pytest.mark.parametrize("name", ["scaler.pkl", "scaler.joblib", "SCALER.PICKLE", "scaler.json", ""])
@pytest.mark.parametrize("protocol", [2, 5])
def test_a_pickle_is_named_under_any_name_and_never_run(tmp_path: Path, name: str, protocol: int) -> None:
    canary = tmp_path / "canary"
    data = pickle.dumps(Attack(canary), protocol)

    evidence = read_scaler(data, name=name)

    assert evidence.format == "pickle"
    assert "write it as JSON" in evidence.findings[0].text
    assert not canary.exists()


def test_the_canary_of_these_tests_can_sing(tmp_path: Path) -> None:
    """Loading that pickle does make the file: the test above can fail."""
    pickle.loads(pickle.dumps(Attack(tmp_path / "canary")))

    assert (tmp_path / "canary").exists()


def test_a_compressed_joblib_file_is_named_by_its_suffix() -> None:
    assert "is a joblib file, a kind of pickle" in read_scaler(b"\x78\x9c123", name="s.joblib").findings[0].text


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(fields=st.dictionaries(st.sampled_from(["method", "center", "scale", "eps"]), _VALUES))
def test_any_values_in_place_give_evidence(fields: dict[str, Any]) -> None:
    evidence = read_scaler(json.dumps(fields).encode())

    assert evidence.sound is (
        isinstance(fields.get("method"), str)
        and evidence.center is not None
        and evidence.scale is not None
        and len(evidence.center) == len(evidence.scale)
    )


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=100), lead=st.sampled_from([b"", b"PK\x03\x04", b"{", b"\x80\x04", b"\x93NUMPY"]))
def test_any_bytes_give_evidence_and_never_an_exception(data: bytes, lead: bytes) -> None:
    assert not read_scaler(lead + data).sound


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, len(SOUND_NPZ) - 1), junk=st.binary(min_size=1, max_size=4))
def test_an_npz_damaged_anywhere_gives_evidence_and_never_an_exception(at: int, junk: bytes) -> None:
    evidence = read_scaler(SOUND_NPZ[:at] + junk + SOUND_NPZ[at + len(junk) :])

    assert evidence.format in ("npz", "json", "unknown", "pickle")


def test_the_header_of_an_array_may_have_either_length() -> None:
    """From version 2 on its length has four bytes, as NumPy writes it for long headers."""
    text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }".ljust(300) + b"\n"
    numbers = NUMBERS.tobytes()
    second = b"\x93NUMPY\x02\x00" + len(text).to_bytes(4, "little") + text + numbers
    for member in (_npy(text, numbers), second):
        evidence = read_scaler(
            _zip(method_npy=_npy(METHOD, "zscore".encode("utf-32-le")), center_npy=member, scale_npy=member)
        )
        assert (evidence.findings, evidence.center) == ((), (1.0, 2.0))


def test_what_ends_before_the_header_of_an_array_is_none() -> None:
    for start in (_npy(b""), b"\x93NUMPY\x02\x00" + bytes(4)):
        for member, said in ((start, "has an array header that is not read here"), (start[:-1], "is no numpy array")):
            (problem,) = read_scaler(_zip(center_npy=member)).findings
            assert problem.text == f"`center` {said}"


def test_two_members_of_one_name_are_refused_by_that_name() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        for value in (1.0, 2.0):
            archive.writestr("center.npy", _npy(NUMBER, np.float64(value).tobytes()))

    (problem,) = read_scaler(out.getvalue()).findings

    assert (problem.where, problem.text.split(":")[0]) == ("center.npy", "the zip has two entries of this name")


def test_an_array_of_another_length_than_it_claims_tells_both() -> None:
    member = _npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\n", NUMBERS.tobytes())

    (problem,) = read_scaler(_zip(center_npy=member)).findings

    assert problem.text == "`center` has 16 bytes of numbers; 3 x 8 were expected"
