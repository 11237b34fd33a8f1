"""Any bytes, any cut and any flipped byte give evidence, never an exception; a changed weight is found."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.build_checkpoints import hdf5, keras, safetensors, torch_legacy, torch_zip, weights
from support.build_models import a_dcp_folder, an_xgboost, catboost, ubjson, xgboost_json

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.judge.describe import describe_checkpoint
from collectors.readers.checkpoint.dcp import read_dcp
from collectors.readers.checkpoint.read import read_checkpoint

GOOD: dict[str, bytes] = {
    "torch zip": torch_zip(),
    "torch legacy": torch_legacy(),
    "safetensors": safetensors(),
    "Keras": keras(),
    "HDF5": hdf5(),
    "XGBoost JSON": xgboost_json(),
    "XGBoost UBJSON": ubjson(an_xgboost()),
    "CatBoost": catboost(),
}
STARTS = [
    b"",
    b"PK\x03\x04",
    b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.",
    b"\x89HDF\r\n\x1a\n",
    b"\x20" + bytes(7) + b"{",
    b"CBM1",
    b"tree\nversion=v4\ntree_sizes=",
    b'{"learner":',
    ubjson({"learner": {}})[:-2],
]
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(data: bytes) -> CheckpointEvidence:
    """Evidence, within a second."""
    start = time.perf_counter()
    evidence = read_checkpoint(io.BytesIO(data), len(data))
    assert time.perf_counter() - start < 5
    assert describe_checkpoint(evidence)
    return evidence


@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=600))
@QUICK
def test_any_bytes_give_evidence(start: bytes, rest: bytes) -> None:
    """Whatever a file holds, reading it ends with a record."""
    evidence = read(start + rest)

    assert evidence.size_bytes == len(start + rest)


@given(raw=st.binary(max_size=200))
@QUICK
def test_any_pickle_gives_evidence(raw: bytes) -> None:
    """Any bytes in the place of the pickle, in a zip that is otherwise sound."""
    evidence = read(torch_zip(pickle=raw))

    assert evidence.format == "torch-zip"


_OPCODES = (
    b"()0123.2QRabcdeghijlopqrstuX}]\x80\x81\x82\x85\x86\x87\x88\x89\x8a\x8c\x8e\x8f\x90\x91\x92\x93\x94\x95KMJNGB"
)


@given(raw=st.lists(st.sampled_from([bytes([byte]) for byte in _OPCODES]), max_size=80).map(b"".join))
@QUICK
def test_any_order_of_opcodes_gives_evidence(raw: bytes) -> None:
    """Real opcodes in any order reach deeper than random bytes do."""
    read(torch_zip(pickle=b"\x80\x02}" + raw + b"."))


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
@QUICK
def test_any_cut_is_noticed(name: str, data: st.DataObject) -> None:
    """A file that ends early is never sound."""
    good = GOOD[name]
    length = data.draw(st.integers(0, len(good) - 1))

    assert not read(good[:length]).sound


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
@QUICK
def test_any_changed_byte_gives_evidence(name: str, data: st.DataObject) -> None:
    """One byte with another value, anywhere: a record, and the hash of what is there."""
    good = GOOD[name]
    at = data.draw(st.integers(0, len(good) - 1))
    value = data.draw(st.integers(0, 255))

    evidence = read(good[:at] + bytes([value]) + good[at + 1 :])

    assert evidence.sha256 != read(good).sha256 or value == good[at]


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
@QUICK
def test_any_rearrangement_gives_evidence(name: str, data: st.DataObject) -> None:
    """A piece taken out, doubled or written over with another piece."""
    good = GOOD[name]
    place = st.integers(0, len(good))
    start, end, to = data.draw(place), data.draw(place), data.draw(place)

    read(good[:to] + good[min(start, end) : max(start, end)] + good[to:])
    read(good[: min(start, end)] + good[max(start, end) :])


@given(data=st.data())
@QUICK
def test_any_changed_byte_of_the_metadata_of_a_folder_gives_evidence(data: st.DataObject) -> None:
    """A piece cut out of it or a byte changed: a record that can be described."""
    good = a_dcp_folder()[".metadata"]
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(good)), st.integers(0, len(good)))))
    at, value = data.draw(st.integers(0, len(good) - 1)), data.draw(st.binary(min_size=1, max_size=1))

    assert describe_checkpoint(read_dcp(good[:start] + good[end:]))
    assert describe_checkpoint(read_dcp(good[:at] + value + good[at + 1 :]))


@given(at=st.integers(0, weights(1).nbytes - 1), bit=st.integers(0, 7))
@QUICK
def test_a_flipped_bit_in_a_weight_is_found_by_the_crc(at: int, bit: int) -> None:
    """The one thing torch.load does not notice."""
    good = GOOD["torch zip"]
    place = good.index(weights(1).tobytes()) + at

    evidence = read(good[:place] + bytes([good[place] ^ (1 << bit)]) + good[place + 1 :])

    assert evidence.checksum == "bad"
    assert [f.where for f in evidence.findings if f.text.startswith("CRC of the contents")] == ["archive/data/0"]


@pytest.mark.parametrize("build", [torch_zip, torch_legacy, safetensors])
def test_the_good_files_are_good(build: Callable[[], bytes]) -> None:
    """The files that are broken above are sound to begin with."""
    assert read(build()).sound
