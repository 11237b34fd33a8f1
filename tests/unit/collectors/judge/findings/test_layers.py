"""Layers that a stream's description names: there, as large, and as many as the config says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.gathered import good, patchtst, reread, unread, with_progress, with_rules, with_stream

from collectors.contract.layers import Layer
from collectors.contract.values import Outcome, Status
from collectors.evidence.checkpoint import TensorFacts
from collectors.judge.checklist import judge
from collectors.judge.findings.layers import (
    OTHER_MODEL,
    find_layer_sizes,
    find_missing_layers,
    numbers_in,
    own_names,
    worked_out,
)
from collectors.judge.remedy import Remedy
from collectors.training.evidence import WorkspaceEvidence

FILE = patchtst().checkpoint
CKPT, CONFIG = "checkpoints/patchtst_ssl.pt", "configs/patchtst_ssl_real.yaml"
PROJECTION = "model_state_dict.input_proj.weight"
"""A tensor of 48 x 16."""


def layers(*rules: dict[str, Any], seen: WorkspaceEvidence | None = None) -> WorkspaceEvidence:
    return with_rules(seen or good(), layers=list(rules))


def holding(*names: str, seen: WorkspaceEvidence | None = None, **more: Any) -> WorkspaceEvidence:
    """PatchTST's checkpoint holds tensors of these names, each 48 x 16."""
    tensors = tuple(TensorFacts(name, "float32", (48, 16), 3072) for name in names)
    return with_stream(seen or good(), checkpoint=reread(FILE, tensors=tensors, **more))


def sizes(seen: WorkspaceEvidence) -> list[str]:
    return [found.text for found in find_layer_sizes(seen)]


def missing(seen: WorkspaceEvidence) -> list[str]:
    return [found.text for found in find_missing_layers(seen)]


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"dimension": 0, "equals": "model.d_model"}, None),
        ({"dimension": 1, "equals": "model.d_model"}, "`model.d_model` is 48{}, but {} in the checkpoint has 16"),
        ({"dimension": 0, "equals": "training.epochs"}, "`training.epochs` is 8{}, but {} in the checkpoint has 48"),
        ({"dimension": -1, "equals": "training.epochs"}, "`training.epochs` is 8{}, but {} in the checkpoint has 16"),
        ({"dimension": -2, "equals": "training.epochs"}, "`training.epochs` is 8{}, but {} in the checkpoint has 48"),
        ({"equals": "2 * training.epochs"}, "`2 * training.epochs` is 16{}, but {} in the checkpoint has 48"),
        ({"dimension": 0, "equals": "6 * training.epochs"}, None),
        ({"dimension": 1, "equals": "data.seq_len / training.epochs"}, None),
        ({"dimension": 1, "equals": 15}, "`15` is 15{}, but {} in the checkpoint has 16"),
        ({"dimension": 2, "equals": "training.epochs"}, None),  # no such dimension
        ({"dimension": -3, "equals": "training.epochs"}, None),
        ({"dimension": 1, "equals": "training.lr"}, None),  # no count
        ({"dimension": 1, "equals": "device.amp"}, None),
        ({"dimension": 1, "equals": "no.such.key"}, None),
        ({"dimension": 1}, None),
    ],
)  # fmt: skip
def test_a_size_that_config_and_checkpoint_both_tell_must_agree(rule: dict[str, Any], problem: str | None) -> None:
    seen = layers({"tensor": "*input_proj.weight", **rule})

    expected = [f"patchtst: {problem.format(f' in {CONFIG}', PROJECTION)} ({CKPT})"] if problem else []
    assert sizes(seen) == expected
    check = next(c for c in judge(seen).checks if c.id == "provenance")
    assert (check.outcome, check.hint) == ((Outcome.FAIL, OTHER_MODEL.words) if problem else (Outcome.PASS, None))


def test_a_layer_as_wide_as_the_scaler_passes_and_needs_a_scaler_to_be_judged() -> None:
    rule = {"tensor": "*input_proj.weight", "dimension": 1, "equals": "scaler"}
    assert good().scaler is not None
    wide = replace(good(), scaler=reread(good().scaler, center=(0.0,) * 16))

    assert sizes(layers(rule)) == [f"patchtst: `scaler` is 6, but {PROJECTION} in the checkpoint has 16 ({CKPT})"]
    assert sizes(layers(rule, seen=wide)) == []
    for scaler in (None, unread(good().scaler), reread(good().scaler, center=None), reread(good().scaler, center=())):
        assert sizes(layers(rule, seen=replace(good(), scaler=scaler))) == []


def test_every_layer_is_compared() -> None:
    found = sizes(layers(*({"tensor": t, "equals": "training.epochs"} for t in ("*input_proj.weight", "*head.weight"))))

    assert [text.partition("but ")[2] for text in found] == [
        f"{PROJECTION} in the checkpoint has 48 ({CKPT})",
        f"model_state_dict.head.weight in the checkpoint has 2 ({CKPT})",
    ]


def test_a_rule_holds_only_where_its_keys_are_equal_and_a_missing_key_does_not_hinder() -> None:
    rule = {"tensor": "*input_proj.weight", "equals": "training.epochs"}

    assert sizes(layers({**rule, "where": {"data.seq_len": "model.d_model"}})) == []
    assert len(sizes(layers({**rule, "where": {"data.seq_len": "16 * training.epochs"}}))) == 1
    assert len(sizes(layers({**rule, "where": {"no.such.key": "model.d_model"}}))) == 1


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("3*model.d_model", 144),
        ("data.seq_len/model.d_model", None),
        ("data.seq_len / 0", None),
        ("data.seq_len / 16 * 3", 24),
    ],
)
def test_a_formula_is_worked_out_from_the_left_and_divides_without_rest(formula: str, value: int | None) -> None:
    assert worked_out(formula, patchtst(), good()) == value


@pytest.mark.parametrize("wrong", ["a b", "2 **", "a..b", "(a)", "a + b", ""])
def test_what_is_no_formula_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="dotted key"):
        Layer(tensor="x", equals=wrong)


def test_sizes_and_counts_are_said_in_two_entries_and_a_count_needs_a_star() -> None:
    with pytest.raises(ValueError, match="two entries"):
        Layer(tensor="x.*", equals="a", count="b")
    with pytest.raises(ValueError, match="in the place of"):
        Layer(tensor="x", count="b")


COUNTED = {"tensor": "encoder.layers.*", "count": "data.seq_len / 64"}
"""Two layers."""


@pytest.mark.parametrize(
    "prefix", ["", "model_state_dict.", "model.module.", "_orig_mod.", "state_dict.model.", "ema."]
)
def test_layers_are_counted_whatever_a_wrapper_puts_before_their_names(prefix: str) -> None:
    names = [f"{prefix}encoder.layers.{n}.{part}" for n in (0, 1) for part in ("norm.weight", "linear.weight")]

    assert sizes(layers(COUNTED, seen=holding(*names, f"{prefix}decoder.layers.2.weight"))) == []
    assert sizes(layers(COUNTED, seen=holding(*names, f"{prefix}encoder.layers.2.norm.weight"))) == [
        f"patchtst: `data.seq_len / 64` is 2 in {CONFIG}, but the checkpoint has 3 layers `encoder.layers.*` ({CKPT})"
    ]


def test_an_input_layer_alone_has_no_layers() -> None:
    alone = layers({"tensor": "*input_proj.*"}, COUNTED, seen=holding("model.input_proj.weight"))

    assert missing(alone) == []
    assert "but the checkpoint has 0 layers" in sizes(alone)[0]


def test_numbers_stand_in_the_place_of_the_last_star() -> None:
    assert FILE.evidence is not None
    found = replace(FILE.evidence, tensors=tuple(
        TensorFacts(f"encoder.layers.{n}.blocks.{b}.weight", "float32", (1,), 4) for n in (0, 1) for b in (0, 1, 2)
    ))  # fmt: skip

    assert numbers_in(found, "*layers.*") == {"0", "1"}
    assert numbers_in(found, "*layers.*.blocks.*") == {"0", "1", "2"}
    assert numbers_in(found, "*.weight") == set()


def test_what_a_program_adds_within_a_name_is_taken_off_too() -> None:
    assert "encoder.layers.0.weight" in own_names("state_dict.model.encoder._orig_mod.layers.0.weight")
    assert "encoder.weight" not in own_names("aux.encoder.weight")


def test_a_checkpoint_with_another_streams_layers_is_that_streams() -> None:
    """PatchTST's checkpoint under SwinMAE's name."""
    seen = with_stream(good(), "swinmae", checkpoint=reread(FILE, sha256=None))

    (found,) = find_missing_layers(seen)
    assert found.text == f"swinmae: {CKPT} has the layers of patchtst, not of swinmae"
    assert (found.path, found.stream) == (CKPT, "swinmae")
    assert isinstance(found.remedy, Remedy)
    assert found.remedy.words == (
        "Put SwinMAE's own checkpoint back in place, and make a new backup: the newest holds this one too."
    )


def test_another_model_has_none_of_its_streams_layers() -> None:
    (text,) = missing(holding("net.conv1.weight"))

    assert text.startswith(f"patchtst: {CKPT} has none of patchtst's layers: no `*input_proj.*`, ")
    assert text.endswith("it holds net.conv1.weight")


def test_a_layer_that_is_named_without_a_size_must_be_there() -> None:
    rules = ({"tensor": "*input_proj.weight", "equals": "model.d_model"}, {"tensor": "*decoder.*"})

    assert missing(layers(*rules)) == [
        f"patchtst: {CKPT} has not all of patchtst's layers: no `*decoder.*`; "
        f"it holds {PROJECTION}, model_state_dict.head.weight"
    ]
    assert missing(layers(rules[0], {"tensor": "*decoder.weight", "equals": "model.d_model"})) == []


def test_a_part_of_a_model_misses_no_layer_and_its_sizes_still_count() -> None:
    part = {"path": CKPT, "part": "LoRA adapter"}
    seen = with_rules(holding("base_model.q.lora_A.weight"), checkpoint=part)

    assert (missing(seen), sizes(seen)) == ([], [])
    rule = {"tensor": "*lora_A.weight", "equals": "training.epochs"}
    assert len(sizes(layers(rule, seen=seen))) == 1


def test_formats_without_names_and_files_that_are_not_sound_say_nothing() -> None:
    assert missing(holding(format="keras")) == []
    assert missing(with_stream(good(), checkpoint=unread(FILE))) == []
    assert missing(layers()) == []
    (booster,) = missing(holding(format="lightgbm"))
    assert booster.endswith("it holds no layers (lightgbm)")


def test_an_optimizers_tensors_are_no_layers() -> None:
    optimizer = TensorFacts("optimizer.input_proj.weight", "float32", (48, 16), 3072, "optimizer")

    assert len(missing(with_stream(good(), checkpoint=reread(FILE, tensors=(optimizer,))))) == 1


def test_while_a_stream_trains_nothing_is_said() -> None:
    seen = with_progress(holding("conv.weight"), status=Status.RUNNING)

    assert (missing(seen), sizes(seen)) == ([], [])
