"""Formats that no reader proves are named truthfully: never damaged, never sound weights."""

from __future__ import annotations

import gzip
import io
import pickle
import zlib

import numpy as np
import pytest
from support.build_checkpoints import torch_legacy, torch_zip
from support.build_pickles import RUNS_CODE, Call, Name, pickled

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.judge.describe import describe_checkpoint
from collectors.readers.checkpoint.opaque import opaque_kind
from collectors.readers.checkpoint.read import read_checkpoint

PLAIN = pickle.dumps({"trees": [1.0]})


def read(data: bytes, name: str = "") -> CheckpointEvidence:
    return read_checkpoint(io.BytesIO(data), len(data), name=name)


def arrays() -> bytes:
    out = io.BytesIO()
    np.savez(out, w=np.ones(3))
    return out.getvalue()


def wrapped() -> bytes:
    """A joblib file: a pickle that raw bytes of an array follow in the middle."""
    array = Call(Name("joblib.numpy_pickle", "NumpyArrayWrapper"), (), state={"shape": (2,)}, new=True)
    return pickled({"forest": array})[:-1] + b"\xff\xff\x93NUMPY raw bytes" + b"s."


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (wrapped(), "out/model.joblib", "a joblib file"),
        (PLAIN, "model.joblib", "a joblib file"),
        (zlib.compress(PLAIN), "model.joblib", "a joblib file"),
        (gzip.compress(PLAIN, mtime=0), "model.joblib.gz", "a joblib file"),
        (PLAIN, "model.pkl", "a pickle"),
        (PLAIN, "MODEL.PICKLE", "a pickle"),
        (b"\x81\xa6params\x80", "model.msgpack", "a msgpack file"),
        (b"\x82\xa6params\x80", "ckpt/checkpoint_100", "a msgpack file"),
        (b"GGUF\x03\0\0\0", "model.gguf", "a GGUF model"),
        (b"GGUF\x03\0\0\0", "model.pt", "a GGUF model"),
        (b"\x1c\0\0\0TFL3" + bytes(40), "model.bin", "a TensorFlow Lite model"),
        (b"\x08\x08\x12\x07pytorch", "model.onnx", "an ONNX model"),
        (arrays(), "params.npz", "NumPy arrays"),
        (b"binf" + bytes(40), "model.model", "an XGBoost model in its old binary format"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_known_format_without_a_reader_is_named(data: bytes, name: str, words: str) -> None:
    evidence = read(data, name)

    assert (evidence.sound, evidence.findings, evidence.tensors) == (True, (), ())
    assert evidence.opaque is not None
    assert evidence.opaque.startswith(words)
    assert describe_checkpoint(evidence).endswith(f"{evidence.opaque}: no reader proves this format")


@pytest.mark.parametrize("name", ["model.pkl", "model.joblib"])
def test_what_could_run_code_is_an_error_there_too(name: str) -> None:
    evidence = read(pickled({"w": RUNS_CODE}), name)

    assert [f.text for f in evidence.findings] == [
        "the pickle names os.system, which can run code when the file is loaded"]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "name", "text"),
    [
        (PLAIN, "model.pt", "a plain pickle"),
        (b"<html>", "model.joblib", "an HTML page"),
        (b"", "model.pkl", "0 bytes"),
        (bytes(4000), "model.onnx", "nothing but zeros"),
        (b"version https://git-lfs.github.com/spec/v1\n", "model.joblib", "git lfs pull"),
        (b"epoch,loss\n", "model.msgpack", "text"),
        (arrays(), "model.pt", "NumPy arrays"),
    ],
)
def test_a_name_never_helps_against_the_bytes(data: bytes, name: str, text: str) -> None:
    """Nor does it turn what torch.load would refuse into something known."""
    evidence = read(data, name)

    assert (evidence.sound, evidence.opaque) == (False, None)
    assert text in evidence.findings[0].text


@pytest.mark.parametrize("build", [torch_zip, torch_legacy])
def test_a_torch_file_called_like_a_pickle_is_read_as_what_it_is(build: object) -> None:
    assert read(build(), "model.pkl").tensors  # type: ignore[operator]


def test_a_mark_counts_at_its_own_place_only() -> None:
    for data, name, words in (
        (b"\0\0\0\0TFL3", "m.bin", "a TensorFlow Lite model"),
        (b"\0\0\0TFL3\0", "m.bin", None),
        (b"\0\0\0\0\0TFL3", "m.bin", None),
        (b"GGUF", "m", "a GGUF model"),
        (b"\0GGUF", "m", None),
        (b"binf", "m", "an XGBoost model in its old binary format"),
        (b"\0binf", "m", None),
        (b"\x12\x01" + bytes(6), "m.params", "MXNet parameters"),
        (b"\0\x12\x01" + bytes(6), "m.params", None),
    ):
        assert opaque_kind(data, name) == words, data


def test_a_name_counts_where_the_first_byte_fits_it() -> None:
    for data, name, words in (
        (b"\x08\x01", "saved_model.pb", "a TensorFlow graph"),
        (b"\x0a\x01", "graph.PB", "a TensorFlow graph"),
        (b"\x12\x01", "graph.pb", None),
        (b"\x08\x01", "graph.pb.txt", None),
        (b"\x08", "m.onnx", "an ONNX model"),
        (b"\x12\x09", "m.onnx", "an ONNX model"),
        (b"\x3a\x09", "m.onnx", "an ONNX model"),
        (b"\x0a", "m.onnx", None),
        (b"\xde\0\x10", "m.msgpack", "a msgpack file, as Flax writes it"),
        (b"\xdf\0", "checkpoint", "a msgpack file, as Flax writes it"),
        (b"\x81\xa1", "m.msgpack", "a msgpack file, as Flax writes it"),
        (b"\x8f\xa1", "m.msgpack", "a msgpack file, as Flax writes it"),
        (b"\x80\xa1", "m.msgpack", None),
        (b"\x90\xa1", "m.msgpack", None),
        (b"", "m.msgpack", None),
        (b"\x80\x02", "m.pdparams", "Paddle parameters (a pickle)"),
        (b"\x80\x03", "m.pkl", "a pickle"),
        (b"\x80\x04", "m.pkl", "a pickle"),
        (b"\x80\x05", "m.pkl", "a pickle"),
        (b"\x80\x01", "m.pkl", None),
        (b"\x80\x06", "m.pkl", None),
        (b"\x1f\x8b\x08", "m.nemo", "a NeMo archive"),
        (bytes(257) + b"ustar", "m.nemo", "a NeMo archive"),
        (bytes(256) + b"ustar", "m.nemo", None),
        (bytes(258) + b"ustar", "m.nemo", None),
        (b"PK\x03\x04", "m.npz", "NumPy arrays (an .npz)"),
        (b"PK\x05\x06", "m.npz", None),
    ):
        assert opaque_kind(data, name) == words, (data[-8:], name)


def test_compressions_of_joblib_are_known_by_their_first_bytes() -> None:
    for mark in (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x78\x9c", b"ZF0x", b"\x04\x22\x4d\x18", b"\x5d\0\0\x80\0"):
        assert opaque_kind(mark + bytes(8), "m.jl") == "a joblib file", mark
    assert opaque_kind(b"\x28\xb5\x2f\xfd", "m.jl") is None
