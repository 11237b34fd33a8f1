"""Sound checkpoints of every format: what is found in them, and that nothing is held against them.

`tests/data/checkpoints` was written by torch 2.13 itself: `torch.save(state, path)`, the same with
`_use_new_zipfile_serialization=False`, and with `torch.serialization.set_crc32_options(False)`.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from support.build_checkpoints import Numbers, a_model, keras, one_tensor, safetensors, torch_legacy, torch_zip, weights
from support.build_pickles import ORDERED_DICT, REBUILD, Call, Name, Stored, tensor
from support.build_zips import DEFLATED, Entry

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.judge.describe import describe_checkpoint
from collectors.readers.checkpoint.read import read_checkpoint

REAL = Path(__file__).parents[4] / "data" / "checkpoints"


def read(data: bytes, **options: object) -> CheckpointEvidence:
    """What the reader finds in these bytes."""
    return read_checkpoint(io.BytesIO(data), len(data), **options)  # type: ignore[arg-type]


def messages(evidence: CheckpointEvidence) -> list[str]:
    """Findings that are more than notes."""
    return [str(finding) for finding in evidence.findings if finding.severity != "note"]


@pytest.mark.parametrize(
    ("name", "kind", "checksum"),
    [
        ("torch_zip.pt", "torch-zip", "ok"),
        ("torch_legacy.pt", "torch-legacy", "not recorded"),
        ("torch_without_crc.pt", "torch-zip", "not recorded"),
    ],
)
def test_a_real_torch_file_is_sound(name: str, kind: str, checksum: str) -> None:
    """Files written by torch itself read clean, with every tensor and the plain values beside them."""
    data = (REAL / name).read_bytes()

    evidence = read(data, name=name)

    assert (evidence.format, evidence.checksum, messages(evidence)) == (kind, checksum, [])
    assert (evidence.finite, evidence.data_read) == (True, "all")
    shapes = {tensor.name: (tensor.dtype, tensor.shape) for tensor in evidence.tensors}
    assert shapes["model_state_dict.0.weight"] == ("float32", (4, 6))
    assert shapes["half"] == ("float16", (3,))
    assert shapes["brain"] == ("bfloat16", (2, 3))
    assert sum(tensor.optimizer for tensor in evidence.tensors) == 18
    assert evidence.scalars["epoch"] == 3
    assert evidence.scalars["val_loss"] == 0.125
    assert evidence.scalars["config.model.d_model"] == 4
    assert evidence.scalars["optimizer_state_dict.param_groups.0.lr"] == 0.001


@pytest.mark.parametrize("build", [torch_zip, torch_legacy, safetensors, keras])
def test_the_hashes_are_of_the_whole_file(build: object) -> None:
    """sha256 and CRC-32 equal those of the bytes, whatever the format."""
    data = build()  # type: ignore[operator]

    evidence = read(data)

    assert evidence.sha256 == hashlib.sha256(data).hexdigest()
    assert evidence.crc32 == zlib.crc32(data)
    assert evidence.size_bytes == len(data)


def test_large_blocks_are_joined_into_the_same_checksums() -> None:
    """Blocks over several chunks give the same hashes, and a NaN at the very end is found."""
    numbers = Numbers()
    state = numbers.add_all({"a": weights(1, (700, 1001)), "b": weights(2, (3,)), "c": weights(3, (300, 1001))})
    numbers.blocks["2"] = numbers.blocks["2"][:-4] + np.array(np.nan, "<f4").tobytes()
    data = torch_zip(state, numbers)

    evidence = read(data)

    assert (evidence.sha256, evidence.crc32) == (hashlib.sha256(data).hexdigest(), zlib.crc32(data))
    assert (evidence.checksum, evidence.nonfinite_tensors) == ("ok", ("c",))


def test_parameters_count_each_number_once() -> None:
    """Tied weights are named twice and counted once."""
    numbers = Numbers()
    shared = numbers.add(weights())
    stored = Stored("FloatStorage", "0", 32)
    data = torch_zip({"embed": shared, "head": tensor(stored, (8, 4)), "bias": numbers.add(weights(2, (4,)))}, numbers)

    evidence = read(data)

    assert [one.name for one in evidence.tensors] == ["embed", "head", "bias"]
    assert evidence.parameters == 36
    assert messages(evidence) == []


def test_above_the_byte_budget_only_the_structure_is_read() -> None:
    """Names and shapes are known, numbers and hashes are not, and a note says why."""
    data = torch_zip()

    evidence = read(data, budget=1000)

    assert evidence.sound
    assert len(evidence.tensors) == 6
    assert (evidence.data_read, evidence.checksum, evidence.finite) == ("none", "not read", None)
    assert (evidence.sha256, evidence.crc32) == (None, None)
    assert any("above the byte budget of 1.00 kB" in f.text for f in evidence.findings if f.severity == "note")
    assert describe_checkpoint(evidence).endswith("structure only: above the byte budget")


@pytest.mark.parametrize("build", [torch_legacy, safetensors, keras])
def test_every_format_keeps_to_the_budget(build: object) -> None:
    """No format computes a hash above the budget."""
    data = build()  # type: ignore[operator]

    evidence = read(data, budget=100)

    assert (evidence.sound, evidence.sha256, evidence.data_read) == (True, None, "none")


def test_a_sparse_file_of_64_gib_costs_nothing(tmp_path: Path) -> None:
    """A hole is not read: neither with nothing in it, nor with a zip's beginning."""
    path = tmp_path / "huge.pt"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(64 << 30)

    with path.open("rb") as handle:
        evidence = read_checkpoint(handle, 64 << 30)

    assert not evidence.sound
    assert "missing" in evidence.findings[0].text


def test_a_file_that_shrinks_while_it_is_read_is_said_to_be_written() -> None:
    """The size is taken before reading; fewer bytes than that mean a writer."""
    data = torch_zip()

    evidence = read_checkpoint(io.BytesIO(data[:4]), len(data))

    assert not evidence.sound


def test_the_name_does_not_decide_the_format_but_a_wrong_ending_is_told() -> None:
    """A torch zip called `.safetensors` is read as what it is."""
    evidence = read(torch_zip(), name="model.safetensors")

    assert evidence.format == "torch-zip"
    assert messages(evidence) == ["is named like safetensors, but its bytes are torch-zip"]


def test_zipped_again_is_read_through_the_compression() -> None:
    """Deflated entries are unpacked within their declared size, summed and tested."""
    numbers = Numbers()
    state = numbers.add_all({"w": weights(1, (400, 401))})
    numbers.blocks["0"] = numbers.blocks["0"][:-4] + np.array(np.inf, "<f4").tobytes()

    def deflate(entries: list[Entry]) -> list[Entry]:
        for one in entries:
            one.method = DEFLATED
        return entries

    evidence = read(torch_zip(state, numbers, edit=deflate))

    assert (evidence.checksum, evidence.data_read, evidence.nonfinite_tensors) == ("ok", "all", ("w",))


def test_numpy_scalars_are_values() -> None:
    """A loss saved as a NumPy number is read as the number it is."""
    dtype = Call(Name("numpy", "dtype"), ("f8", False, True), state=(3, "<", None, None, None, -1, -1, 0))
    text = Call(Name("_codecs", "encode"), (np.array(1.5, "<f8").tobytes().decode("latin-1"), "latin1"))
    scalar = Call(Name("numpy._core.multiarray", "scalar"), (dtype, text))
    numbers = Numbers()

    evidence = read(torch_zip({"w": numbers.add(weights()), "best": scalar}, numbers))

    assert evidence.scalars == {"best": 1.5}
    assert evidence.globals == ("numpy._core.multiarray.scalar", "numpy.dtype")
    assert evidence.sound


def test_attributes_of_a_namespace_are_values_too() -> None:
    """`args` of argparse is not built, but what it would hold is told."""
    numbers = Numbers()
    args = Call(Name("argparse", "Namespace"), (), state={"lr": 0.1, "data": {"fs": 64}}, new=True)

    evidence = read(torch_zip({"w": numbers.add(weights()), "args": args}, numbers))

    assert evidence.scalars == {"args.lr": 0.1, "args.data.fs": 64}
    assert evidence.globals == ("argparse.Namespace",)


def test_a_pickled_module_gives_the_names_of_its_state_dict() -> None:
    """A whole model that was saved instead of its state dict shows the same tensor names."""
    numbers = Numbers()
    linear = Call(Name("torch.nn", "Linear"), (), state={"_parameters": {"weight": numbers.add(weights())}}, new=True)
    model = Call(Name("my.model", "Net"), (), state={"_modules": {"fc": linear}, "training": True}, new=True)

    evidence = read(torch_zip(model, numbers))

    assert [one.name for one in evidence.tensors] == ["fc.weight"]
    assert evidence.sound


def test_a_parameter_is_its_tensor() -> None:
    """`_rebuild_parameter` adds nothing to be counted."""
    numbers = Numbers()
    parameter = Call(Name("torch._utils", "_rebuild_parameter"), (numbers.add(weights()), True, Call(ORDERED_DICT)))

    evidence = read(torch_zip({"w": parameter}, numbers))

    assert (len(evidence.tensors), evidence.parameters, messages(evidence)) == (1, 32, [])


def test_untyped_storages_count_bytes() -> None:
    """float8 and other new types lie in storages of bytes; the tensor tells the type."""
    numbers = Numbers()
    numbers.blocks["0"] = bytes(range(16))
    rebuild = Name("torch._utils", "_rebuild_tensor_v3")
    stored = Stored("UntypedStorage", "0", 16, module="torch.storage")
    made = Call(rebuild, (stored, 0, (4, 4), (4, 1), False, Call(ORDERED_DICT), Name("torch", "float8_e4m3fn")))

    evidence = read(torch_zip({"w": made}, numbers))

    assert [(one.dtype, one.size_bytes) for one in evidence.tensors] == [("float8_e4m3fn", 16)]
    assert (evidence.finite, messages(evidence)) == (True, [])


def test_big_endian_numbers_are_read_as_such() -> None:
    """The byte order entry decides: the same bytes are finite one way and NaN the other."""
    numbers = Numbers()
    array = np.full(32, np.nan, ">f4")
    numbers.blocks["0"] = array.tobytes()

    def big(entries: list[Entry]) -> list[Entry]:
        entries[1].data = b"big"
        return entries

    value = {"w": tensor(Stored("FloatStorage", "0", 32), (32,))}

    assert read(torch_zip(value, numbers, edit=big)).finite is False
    assert read(torch_zip(value, numbers)).finite is True


def test_a_view_into_a_larger_storage_is_sound() -> None:
    """A transposed, an expanded and a sliced tensor fit their storage."""
    numbers = Numbers()
    numbers.add(weights())
    stored = Stored("FloatStorage", "0", 32)
    state = {
        "t": tensor(stored, (4, 8), (1, 4)),
        "e": tensor(stored, (5, 4), (0, 1)),
        "s": tensor(stored, (2, 2), (16, 2), 3),
    }

    evidence = read(torch_zip(state, numbers))

    assert messages(evidence) == []


def test_the_oldest_format_shares_storages_by_views() -> None:
    """A reference of six parts names a part of a storage; the tensor's offset counts from there."""
    numbers = Numbers(legacy=True)
    numbers.blocks["0"], numbers.counts["0"] = weights().tobytes(), 32
    view = Stored("FloatStorage", "0", 32, extra=(("v", 28, 4),))
    inside = Call(REBUILD, (view, 0, (4,), (1,), False, Call(ORDERED_DICT)))
    behind = Call(REBUILD, (view, 1, (4,), (1,), False, Call(ORDERED_DICT)))

    assert read(torch_legacy({"w": inside}, numbers)).sound
    assert not read(torch_legacy({"w": behind}, numbers)).sound


def test_the_description_says_what_was_verified() -> None:
    """One line: size, tensors, numbers, checksum, finite."""
    evidence = read(torch_zip())

    size = f"{len(torch_zip()) / 1000:.2f} kB"
    assert describe_checkpoint(evidence) == f"{size}, 6 tensors (2 of the optimizer), 90 numbers, CRC ok, all finite"


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (b"", "0 B, not a checkpoint"),
        (torch_legacy(), "90 numbers, no checksum recorded, all finite"),
        (safetensors(), "57 numbers, no checksum recorded, all finite"),
        (keras(), "Keras file, CRC ok, numbers not read"),
        (one_tensor(np.array([np.nan] * 4, "<f4")), "CRC ok, not finite in 1 tensor"),
        (safetensors({"steps": np.array([1], "<i8")}), "no checksum recorded, no float data read"),
        (torch_zip()[:100], "no tensors, contents not read"),
    ],
)
def test_the_description_claims_no_more_than_was_done(data: bytes, ending: str) -> None:
    """Each way of knowing less has its own words."""
    assert describe_checkpoint(read(data)).endswith(ending)


def test_names_are_dotted_and_bounded() -> None:
    """A key of a megabyte does not get into the evidence."""
    numbers = Numbers()

    evidence = read(torch_zip({"k" * 1_000_000: numbers.add(weights()), "a": {"b": 1}}, numbers))

    assert len(evidence.tensors[0].name) <= 300
    assert evidence.scalars == {"a.b": 1}


def test_the_model_is_told_from_the_optimizer_by_its_key() -> None:
    """A layer that has `optim` in its own dotted name is still a layer."""
    numbers = Numbers()
    state = numbers.add_all({"net.optimized.weight": weights(), "head.optimizer_gate.weight": weights()})

    evidence = read(torch_zip({"model": state, "optim": {"m": numbers.add(weights())}}, numbers))

    assert [one.optimizer for one in evidence.tensors] == [False, False, True]


def test_evidence_of_many_tensors_is_complete() -> None:
    """Several hundred small tensors, as real models have."""
    numbers = Numbers()
    state = numbers.add_all({f"layer.{n}.weight": weights(n) for n in range(400)} | a_model())

    evidence = read(torch_zip({"state_dict": state}, numbers))

    assert len(evidence.tensors) == 404
    assert evidence.tensors[0].name == "state_dict.layer.0.weight"
    assert evidence.checksum == "ok"


@pytest.mark.parametrize("container", ["zip", "safetensors"])
def test_text_in_the_evidence_can_be_written(container: str) -> None:
    """Halves of surrogate pairs in names and values become escapes: the evidence is valid Unicode."""
    numbers = Numbers()
    half = "w\ud800"
    if container == "zip":
        made = torch_zip({half: numbers.add(weights()), "note": half, half * 2: 1}, numbers)
    else:
        entry = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
        made = safetensors({}, header={half: entry, "__metadata__": {half: half}}, tail=bytes(4))

    evidence = read(made)

    assert evidence.sound
    assert [tensor.name for tensor in evidence.tensors] == ["w\\ud800"]
    assert repr(evidence).encode("utf-8")
    assert all(str(value).encode("utf-8") for value in evidence.scalars.values())


def test_names_that_are_equal_once_shortened_are_tested_apart() -> None:
    """Two tensors whose names differ behind the 300th character: the NaN is found in the second."""
    arrays = {"n" * 400 + "a": weights(), "n" * 400 + "b": np.full((2, 2), np.nan, "<f4")}

    assert [finding.text for finding in read(safetensors(arrays)).findings if finding.severity == "error"] == [
        "holds 4 NaN of 4 numbers: expected finite weights"
    ]
