"""Only the model must be finite and whole: what training keeps beside it is told apart and never a fault."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from support.build_checkpoints import Array, Numbers, a_model, safetensors, torch_legacy, torch_zip, weights
from support.build_pickles import ORDERED_DICT, Call, Name, Stored

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.judge.describe import describe_checkpoint
from collectors.readers.checkpoint.read import read_checkpoint

INF = float("inf")


def read(data: bytes) -> CheckpointEvidence:
    return read_checkpoint(io.BytesIO(data), len(data))


def saved(numbers: Numbers, **beside: Any) -> CheckpointEvidence:
    """A sound model with something beside it."""
    return read(torch_zip({"state_dict": numbers.add_all(a_model()), **beside}, numbers))


def flat(**arrays: Array) -> list[CheckpointEvidence]:
    """The same state dict in both formats."""
    numbers = Numbers()
    return [read(torch_zip(numbers.add_all(arrays), numbers)), read(safetensors(arrays))]


def errors(evidence: CheckpointEvidence) -> list[str]:
    return [str(f) for f in evidence.findings if f.severity == "error"]


def alarms(evidence: CheckpointEvidence) -> list[str]:
    return [str(f) for f in evidence.findings if f.severity != "note"]


def scalar(value: float) -> Array:
    return np.array(value, "<f4")


LIGHTNING = "ModelCheckpoint{'monitor': 'val_loss', 'mode': 'min'}"
TRAINING_STATE = {
    "callbacks of Lightning": lambda n: {
        "callbacks": {
            LIGHTNING: {"kth_value": n.add(scalar(INF)), "best_k_models": {"a.ckpt": n.add(scalar(np.nan))}},
            "EarlyStopping{'monitor': 'val_loss'}": {"best_score": n.add(scalar(INF)), "wait_count": 0},
        }
    },
    "callbacks of old Lightning": lambda n: {
        "checkpoint_callback_best_model_score": n.add(scalar(INF)),
        "early_stop_callback": {"best": n.add(scalar(INF))},
    },
    "optimizer states": lambda n: {"optimizer_states": [{"state": {0: {"exp_avg": n.add(weights() * INF)}}}]},
    "an optimizer of any name": lambda n: {"adam_d": {"state": {0: {"m": n.add(weights() * INF)}}, "param_groups": []}},
    "a scheduler": lambda n: {"lr_schedulers": [{"best": n.add(scalar(INF)), "num_bad_epochs": 0}]},
    "a GradScaler": lambda n: {"scaler": {"scale": n.add(scalar(INF)), "growth_tracker": n.add(np.array(3, "<i8"))}},
    "a loss scaler": lambda n: {"grad_scaler_state": {"_scale": n.add(scalar(INF))}},
    "early stopping": lambda n: {"early_stopping": {"best_score": n.add(scalar(INF)), "counter": 0}},
    "the best loss so far": lambda n: {"best_loss": n.add(scalar(INF)), "epoch": n.add(np.array(1, "<i8"))},
    "metrics of the last epoch": lambda n: {"train_metrics": {"val/box_loss": n.add(scalar(np.nan))}},
}


@pytest.mark.parametrize("name", TRAINING_STATE)
def test_state_of_the_training_may_be_infinite(name: str) -> None:
    """It is noted by tensor, and the description claims finite numbers of the model only."""
    numbers = Numbers()

    evidence = saved(numbers, **TRAINING_STATE[name](numbers))

    assert (evidence.sound, evidence.finite, alarms(evidence)) == (True, True, [])
    assert evidence.nonfinite_aside
    assert all(tensor.role != "model" for tensor in evidence.tensors if tensor.name in evidence.nonfinite_aside)
    assert "the model finite (" in describe_checkpoint(evidence)


@pytest.mark.parametrize("name", TRAINING_STATE)
def test_the_same_state_saves_no_broken_weight(name: str) -> None:
    """A NaN in the model fails with training state beside it too."""
    numbers = Numbers()
    value = {"state_dict": {"w": numbers.add(weights() * np.nan)}, **TRAINING_STATE[name](numbers)}

    evidence = read(torch_zip(value, numbers))

    assert errors(evidence) == ["holds 32 NaN of 32 numbers: expected finite weights (state_dict.w)"]
    assert evidence.nonfinite_tensors == ("state_dict.w",)


@pytest.mark.parametrize(
    "name",
    [
        "conv.activation_post_process.min_val",
        "activation_post_process_0.max_val",
        "fc.weight_fake_quant.activation_post_process.min_val",
        "layer.act_observer.eps",
        "layer.min_val",
    ],
)
def test_an_observer_that_saw_no_data_is_no_fault(name: str) -> None:
    """`min_val` begins at infinity, `max_val` at minus infinity."""
    for evidence in flat(**{"conv.weight": weights(), name: np.array([INF, 1.0], "<f4")}):
        assert (evidence.sound, evidence.finite, evidence.nonfinite_aside) == (True, True, (name,))


@pytest.mark.parametrize("name", ["scheduler.weight", "net.callback.weight", "observer.weight", "a.min_val.bias"])
def test_a_layer_called_like_training_state_is_still_a_layer(name: str) -> None:
    for evidence in flat(**{"ok.weight": weights(), name: np.array([1, np.nan], "<f4")}):
        assert evidence.nonfinite_tensors == (name,)


def test_a_layer_without_dots_is_still_a_layer() -> None:
    """Only what holds state, or one number that counts or compares, is taken for the training's."""
    numbers = Numbers()
    value = {"scaler": numbers.add(weights() * np.nan), "loss": numbers.add(weights() * np.nan)}

    assert read(torch_zip(value, numbers)).nonfinite_tensors == ("scaler", "loss")


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("attn.mask", np.triu(np.full((6, 6), -INF), 1)),
        ("attn.mask", np.where(np.tri(6, dtype=bool), -0.0, -INF)),
        ("attn.bias", np.triu(np.full((6, 6), -INF), 1)),
        ("valid", np.array([INF, -INF, INF])),
        ("metric.min_value", np.array(INF)),
    ],
)
def test_a_mask_of_infinities_is_no_fault(name: str, mask: Array) -> None:
    for evidence in flat(**{"w.weight": weights(), name: mask.astype("<f4")}):
        assert (evidence.sound, evidence.finite, evidence.nonfinite_aside) == (True, True, (name,))


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("head.weight", np.full((6, 6), -INF)),
        ("head.bias", np.full(6, INF)),
        ("attn.mask", np.array([0, -INF, np.nan])),
        ("attn.mask", np.array([0, -INF, 0.5])),
        ("gate", np.array([0, INF])),
    ],
)
def test_weights_that_overflowed_are_no_mask(name: str, numbers: Array) -> None:
    for evidence in flat(**{"w.weight": weights(), name: numbers.astype("<f4")}):
        assert (evidence.sound, evidence.nonfinite_tensors) == (False, (name,))


def test_weights_left_hollow_by_a_sharded_save_are_counted() -> None:
    """ZeRO-3 leaves shape [0] where the parameters were not gathered; one buffer is all that was saved."""
    empty = np.zeros(0, "<f4")
    for evidence in flat(**{"a.weight": empty, "b.weight": empty, "pos": weights(1, (4,))}):
        assert "2 of 3 tensors are empty (shape [0]): a.weight, b.weight" in errors(evidence)[0]


def test_an_empty_buffer_is_common() -> None:
    empty = np.zeros(0, "<f4")
    for evidence in flat(**{"a.weight": weights(), "a.min_val": empty, "cache": empty, "b.weight_mask": empty}):
        assert alarms(evidence) == []


def test_weights_of_no_rows_are_a_choice() -> None:
    """Only shape [0] is what a sharded save leaves."""
    for evidence in flat(**{"a.weight": weights(), "b.weight": np.zeros((0, 4), "<f4")}):
        assert alarms(evidence) == []


def test_when_all_is_empty_it_is_said_as_before() -> None:
    for evidence in flat(**{"a.weight": np.zeros(0, "<f4"), "buffer": np.zeros(0, "<f4")}):
        assert errors(evidence) == ["holds tensors, but not one number"]


@pytest.mark.parametrize("state", ["adam", "sgd"])
@pytest.mark.parametrize("container", [torch_zip, torch_legacy])
def test_an_optimizer_saved_bare_is_no_model(state: str, container: Any) -> None:
    """`torch.save(optimizer.state_dict())`: tensors or none, it says what it is."""
    numbers = Numbers(legacy=container is torch_legacy)
    held = {0: {"step": numbers.add(scalar(1)), "exp_avg": numbers.add(weights())}} if state == "adam" else {}

    evidence = read(container({"state": held, "param_groups": [{"lr": 0.1, "params": [0]}]}, numbers))

    assert errors(evidence) == ["is an optimizer's state (`state`, `param_groups`), which holds no weights of a model"]


def test_training_state_alone_is_no_model() -> None:
    numbers = Numbers()
    value = {"callbacks": {"a": {"best": numbers.add(scalar(1))}}, "best_score": numbers.add(scalar(1))}

    assert errors(read(torch_zip(value, numbers))) == ["holds the state of a training, but no weights of a model"]


def module(numbers: Numbers, *path: str) -> Call:
    """A module object as a whole, as `torch.save(model)` writes it."""
    inner: dict[str, Any] = {"weight": numbers.add(weights())}
    parameters = {name: Call(Name("torch._utils", "_rebuild_parameter"), (one, True, Call(ORDERED_DICT)))
                  for name, one in inner.items()}  # fmt: skip
    layer = Call(Name("torch.nn.modules.conv", "Conv2d"), (), state={"_parameters": parameters}, new=True)
    return Call(Name(*path), (), state={"_modules": {"0": layer}, "training": False}, new=True)


def numpy_scalar(value: float) -> Call:
    dtype = Call(Name("numpy", "dtype"), ("f8", False, True), state=(3, "<", None, None, None, -1, -1, 0))
    raw = Call(Name("_codecs", "encode"), (np.array(value, "<f8").tobytes().decode("latin-1"), "latin1"))
    return Call(Name("numpy.core.multiarray", "scalar"), (dtype, raw))


def test_whole_objects_are_sound_and_what_weights_only_refuses_is_named() -> None:
    """Ultralytics saves its model object, nnU-Net numpy scalars, Hydra users their OmegaConf."""
    numbers = Numbers()
    value = {
        "model": module(numbers, "ultralytics.nn.tasks", "DetectionModel"),
        "best_fitness": numpy_scalar(0.5),
        "hyper_parameters": Call(
            Name("omegaconf.dictconfig", "DictConfig"), (), state={"_content": {"lr": 1}}, new=True
        ),
    }

    evidence = read(torch_zip(value, numbers))

    assert (evidence.sound, evidence.finite, [t.role for t in evidence.tensors]) == (True, True, ["model"])
    assert evidence.scalars["best_fitness"] == 0.5
    assert "omegaconf.dictconfig.DictConfig" in " ".join(alarms(evidence))
    assert "ultralytics.nn.tasks.DetectionModel" in evidence.globals


def int8() -> dict[str, Array]:
    return {"q.weight": weights(1, (16, 4)).astype("<f2"), "q.scale": scalar(0.02), "q.zero_point": np.array(0, "<i8")}


ones, zeros = np.ones(8, "<f4"), np.zeros(8, "<f4")
HONEST: dict[str, Any] = {
    "an EMA beside the model": lambda n: {
        "model": n.add_all(a_model()), "ema": {"num_updates": 7, "shadow": n.add_all(a_model())}, "updates": 900},
    "an averaged model": lambda n: {"n_averaged": n.add(np.array(4, "<i8")),
                                    **{f"module.{k}": n.add(v) for k, v in a_model().items()}},
    "an adapter alone": lambda n: n.add_all({
        "base_model.model.q.lora_A.weight": weights(), "base_model.model.q.lora_B.weight": weights(2, (4, 8))}),
    "a scaler of mixed precision": lambda n: {
        "model": n.add_all(a_model()), "scaler": {"scale": 65536.0, "growth_factor": 2.0, "_growth_tracker": 12}},
    "an empty scaler": lambda n: {"model": n.add_all(a_model()), "scaler": {}},
    "a normalisation layer of ones": lambda n: n.add_all({
        "fc.weight": weights(), "norm.weight": ones, "norm.bias": zeros}),
    "zero biases": lambda n: n.add_all({"fc.weight": weights(), "fc.bias": zeros, "out.bias": zeros}),
    "empty buffers": lambda n: n.add_all({"fc.weight": weights(), "cache": np.zeros(0, "<f4")}),
    "half precision and a scale": lambda n: n.add_all(int8()),
    "names of data parallel": lambda n: n.add_all({f"module.{k}": v for k, v in a_model().items()}),
    "names of torch.compile": lambda n: n.add_all({f"_orig_mod.{k}": v for k, v in a_model().items()}),
    "names of DeepSpeed": lambda n: {
        "module": n.add_all(a_model()), "lr_scheduler": {"last_batch_iteration": 3}, "loss_scaler": {"cur_scale": 1.0},
        "ds_config": {"train_batch_size": 8}, "dp_world_size": 2, "global_steps": 30},
    "names of FSDP": lambda n: {"model": n.add_all({f"_fsdp_wrapped_module.{k}": v for k, v in a_model().items()})},
    "two networks and two optimizers": lambda n: {
        "generator": n.add_all(a_model()), "discriminator": n.add_all(a_model()),
        "opt_g": {"state": {}, "param_groups": []}, "opt_d": {"state": {}, "param_groups": []}},
    "random states": lambda n: {"model": n.add_all(a_model()), "rng_state": n.add(np.zeros(16, "<i8")),
                                "rng_states": {"torch": n.add(np.zeros(16, "<i8"))}},
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_honest_checkpoints_pass_without_a_word(name: str) -> None:
    numbers = Numbers()

    evidence = read(torch_zip(HONEST[name](numbers), numbers))

    assert (evidence.sound, evidence.finite, alarms(evidence)) == (True, True, [])
    assert describe_checkpoint(evidence).endswith("all finite")


def test_layers_that_begin_at_zero_are_sound() -> None:
    """The matrix that a residual branch or an adapter begins with; it is told, for it may be untrained."""
    for evidence in flat(**{"fc.weight": weights(), "zero_conv.weight": np.zeros((8, 8), "<f4")}):
        assert evidence.sound


def test_a_quantized_tensor_is_sound() -> None:
    """`_rebuild_qtensor` of an int8 storage beside its observer."""
    numbers = Numbers()
    numbers.blocks["0"] = bytes(range(32))
    scheme = (Name("torch", "per_tensor_affine"), 0.1, 0)
    stored = Stored("QInt8Storage", "0", 32)
    quantized = Call(Name("torch._utils", "_rebuild_qtensor"), (stored, 0, (8, 4), (4, 1), scheme, False))
    value = {
        "fc.weight": quantized,
        "fc.activation_post_process.min_val": numbers.add(scalar(INF)),
        "fc.bias": numbers.add(zeros),
    }

    assert alarms(read(torch_zip(value, numbers))) == []
