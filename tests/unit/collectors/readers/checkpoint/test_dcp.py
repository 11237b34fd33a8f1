"""`.metadata` of a distributed checkpoint: what it promises, without ever loading it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.build_models import a_dcp_folder, dcp_bytes, dcp_metadata, dcp_tensor
from support.build_pickles import RUNS_CODE, Call, Name

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.readers.checkpoint.dcp import read_dcp

W = {"w": dcp_tensor((8, 4))}
IN_A_FILE = [("w", "__0_0.distcp", 0, 600)]


def errors(evidence: CheckpointEvidence) -> list[str]:
    return [str(f) for f in evidence.findings if f.severity == "error"]


def test_tensors_and_files_of_all_ranks_are_told() -> None:
    evidence = read_dcp(a_dcp_folder()[".metadata"])

    assert (evidence.findings, evidence.format, evidence.data_read, evidence.finite) == ((), "dcp", "none", None)
    assert [(t.name, t.dtype, t.shape, t.size_bytes, t.role) for t in evidence.tensors] == [
        ("model.layer.weight", "float32", (8, 4), 128, "model"),
        ("model.layer.bias", "float32", (8,), 32, "model"),
        ("optimizer.state.layer.weight.exp_avg", "float32", (8, 4), 128, "optimizer"),
    ]
    assert evidence.parts == {"__0_0.distcp": 1120, "__1_0.distcp": 1300}


def test_the_place_it_was_saved_to_is_no_fault() -> None:
    """`storage_meta` holds a path; other classes of somebody's program are named."""
    place = Call(Name("pathlib", "PosixPath"), ("/", "tmp"))
    mine = Call(Name("mine.plan", "Planner"), (), new=True)

    assert read_dcp(dcp_metadata(W, IN_A_FILE, storage_meta=place)).findings == ()
    found = read_dcp(dcp_metadata(W, IN_A_FILE, storage_meta=mine))
    assert (found.sound, [f.text for f in found.findings]) == (True, ["needs mine.plan.Planner to be loaded"])


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (dcp_metadata(W, IN_A_FILE, storage_meta=RUNS_CODE), "names os.system, which can run code"),
        (dcp_metadata(W, IN_A_FILE, extra=Call(Name("mine", "make"), ())), "not on the allow-list"),
        (dcp_metadata(W, []), "1 tensor in no file: w"),
        (dcp_metadata({"w": dcp_tensor((8, 4), [(4, 4)])}, IN_A_FILE), "its chunks hold 16 of 32 numbers"),
        (dcp_metadata({"w": dcp_tensor(("8", 4))}, IN_A_FILE), "size"),  # type: ignore[arg-type]
        (dcp_metadata(W, [("w", "../secret", 0, 1)]), "expected the name of a file in the same folder"),
        (dcp_metadata(W, [("w", "a", -1, 1)]), "the offset and the length"),
        (dcp_metadata({"epoch": dcp_bytes()}, []), "holds no tensors"),
        (dcp_metadata({"optimizer.state.w.exp_avg": dcp_tensor((4,))}, IN_A_FILE), "no weights of a model"),
        (dcp_metadata({"a.weight": dcp_tensor((0,)), "w": dcp_tensor((4,))}, IN_A_FILE), "1 of 2 tensors is empty"),
        (a_dcp_folder()[".metadata"][:-40], "the pickle is damaged"),
        (b"", "the pickle is damaged"),
        (b"\x80\x02}.", "expected `state_dict_metadata` and `storage_data`"),
    ],
)
def test_what_cannot_be_a_whole_checkpoint_is_named(data: bytes, text: str) -> None:
    assert any(text in message for message in errors(read_dcp(data))), errors(read_dcp(data))


def test_a_metadata_too_long_to_follow_is_not_called_damaged() -> None:
    """Thousands of ranks: that no reader follows it says nothing about the files."""
    evidence = read_dcp(b"\x80\x02" + b"N0" * 1_000_001 + b"}.")

    assert (evidence.sound, evidence.opaque) == (
        True, "a distributed checkpoint with more in its .metadata than is read")  # fmt: skip


def test_a_shape_has_at_most_64_sizes() -> None:
    for sizes, is_read in ((64, True), (65, False)):
        found = read_dcp(dcp_metadata({"w": dcp_tensor((1,) * sizes)}, IN_A_FILE))
        assert (errors(found) == []) is is_read
        assert len(found.tensors) == is_read


def test_every_kind_of_saved_properties_tells_the_type() -> None:
    own = Call(
        Name("torch.distributed.checkpoint.metadata", "TensorProperties"), (), {"dtype": Name("torch", "half")}, True
    )
    for properties, dtype in ((own, "float16"), (None, "unknown"), (Call(Name("torch", "Size"), ()), "unknown")):
        tensor = dcp_tensor((8, 4))
        changed = replace(tensor, state={**tensor.state, "properties": properties})
        (found,) = read_dcp(dcp_metadata({"w": changed}, IN_A_FILE)).tensors
        assert (found.dtype, found.size_bytes) == (dtype, 64 if dtype == "float16" else 32)


def test_a_file_is_named_by_a_text_that_a_disk_can_hold() -> None:
    for path, is_read in (("x" * 255, True), ("x" * 256, False), (7, False), (None, False)):
        found = read_dcp(dcp_metadata(W, [("w", path, 0, 600)]))  # type: ignore[list-item]
        assert (list(found.parts) == [path]) is is_read, path
        assert ("expected the file, the offset and the length" in str(errors(found))) is not is_read


def test_a_file_is_as_long_as_its_last_piece_ends() -> None:
    pieces = [("w", "a", 0, 10), ("w", "a", 100, 50), ("w", "a", 20, 30), ("w", "b", 7, 1)]

    assert read_dcp(dcp_metadata(W, pieces)).parts == {"a": 150, "b": 8}


def test_chunks_that_hold_more_than_the_shape_are_no_fault_and_one_number_less_is() -> None:
    for chunks, is_whole in (([(8, 4)], True), ([(8, 4), (1, 1)], True), ([(31,)], False)):
        found = read_dcp(dcp_metadata({"w": dcp_tensor((8, 4), chunks)}, IN_A_FILE))
        assert (errors(found) == []) is is_whole


def test_twelve_classes_of_somebodys_program_are_named() -> None:
    """The rest is counted."""
    mine = [Call(Name("mine", f"C{n:02}"), (), new=True) for n in range(13)]
    (finding,) = read_dcp(dcp_metadata(W, IN_A_FILE, storage_meta=mine)).findings

    assert finding.text.startswith("needs mine.C00, ")
    assert "mine.C11" in finding.text
    assert "mine.C12" not in finding.text
