"""Whose a tensor is, by its name alone."""

from __future__ import annotations

from collectors.readers.checkpoint.roles import (
    belongs_to_optimizer,
    is_curve,
    is_optimizer_state,
    is_trained,
    role_beside_model,
    role_in_flat_file,
    role_of_name,
)


def test_in_a_flat_file_the_first_part_or_the_last_says_what_an_optimizer_keeps() -> None:
    for name in ("optimizer.state.0.weight", "optim.w", "encoder.weight.exp_avg", "encoder.0.momentum_buffer"):
        assert role_in_flat_file(name) == "optimizer", name
    for name in ("encoder.weight", "encoder.optimizer_head.weight", "exp_avg_head.weight", "layer.optimizer.0.bias"):
        assert role_in_flat_file(name) == "model", name
    assert role_in_flat_file("layer.activation_post_process.min_val") == "observer"


def test_an_optimizer_is_told_by_a_key_without_a_dot() -> None:
    for key in ("optimizer", "optimiser_state", "optim", "optims", "optim_g", "exp_avg", "Optimizer"):
        assert belongs_to_optimizer(key), key
    for key in ("net.optimizer", "optimal", "model", "my_optim"):
        assert not belongs_to_optimizer(key), key


def test_an_optimizers_state_has_both_keys() -> None:
    assert is_optimizer_state(["state", "param_groups", "base", 3])
    assert not is_optimizer_state(["state"])
    assert not is_optimizer_state(["param_groups", 1])


def test_beside_the_model_a_key_and_the_count_of_numbers_decide() -> None:
    for key, numbers, role in (
        ("callbacks", None, "trainer"),
        ("state_dict", None, "model"),
        ("net.callbacks", None, "model"),  # a dotted name is a layer's
        ("best_loss", 1, "trainer"),
        ("best_loss", 2, "model"),
        ("epoch", 1, "trainer"),
        ("weight", 1, "model"),
        ("cuda_rng_state", 16, "trainer"),
        ("rng.head", 16, "model"),
        ("callbacks", 5, "model"),
    ):
        assert role_beside_model(key, numbers) == role, (key, numbers)


def test_an_observer_is_told_by_its_leaf_or_by_what_stands_above_and_never_holds_weights() -> None:
    assert role_of_name("quant.min_val") == role_of_name("max_vals") == "observer"
    assert role_of_name("conv.activation_post_process_0.eps") == "observer"
    assert role_of_name("conv.weight_fake_quant.scale") == "observer"
    assert role_of_name("observer") == "model", "the leaf itself is no part above it"
    assert role_of_name("conv.activation_post_process.weight") == "model"
    assert role_of_name("conv.min_value") == "model"


def test_what_is_trained_ends_as_parameters_do() -> None:
    for name, expected in (("a.weight", True), ("in_proj_weight", True), ("a.bias", True), ("a.bias_k", False)):
        assert is_trained(name) is expected, name
    assert not is_trained("weight.mask")


def test_a_curve_is_told_by_its_name() -> None:
    assert all(map(is_curve, ("val_losses", "history.f1", "log_p", "a.best", "lr_curve", "grad_norm", "times")))
    assert not any(map(is_curve, ("mean", "scaler.std", "colr", "blog")))
