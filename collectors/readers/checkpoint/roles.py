"""Where a tensor stands in a checkpoint -> whose it is: the model's, or what training keeps beside it. Pure.

Input: keys and dotted names. Output: a `Role`. Only the model must be finite: an optimizer, a callback
that has seen no score yet (`kth_value: inf`) and an observer that has seen no data (`min_val: inf`) need
not be. What no name gives away is the model's, so that no damaged weight is taken for something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from collectors.evidence.checkpoint import Role

_OPTIMIZER_KEY: Final = re.compile(r"optimi[sz]er|^optims?(_|$)", re.IGNORECASE)
_OPTIMIZER_LEAVES: Final = frozenset(["exp_avg", "exp_avg_sq", "max_exp_avg_sq", "momentum_buffer", "square_avg"])
_OPTIMIZER_STATE: Final = frozenset(["state", "param_groups"])
"""What every `Optimizer.state_dict()` consists of."""
_TRAINER_PART: Final = re.compile(
    r"callback|schedul|early_?stop|(^|_)scaler|gradscaler|(^|_)amp(_|$)|mixed_?precision|^loops?$|^rng|_rng|rng_state"
    r"|random_state|sampler|^hyper_?parameters?$|^hparams$|message_hub|^train(er|ing)_state|^train_(metrics|results|args)$"
    r"|^(logging|logs?|history|metrics)$|best_k_models",
    re.IGNORECASE,
)
"""Keys beside the model that hold the state of training."""
_TRAINER_NUMBER: Final = re.compile(
    r"(^|_)(best|kth|current|loss|score|metric|epoch|steps?|iter(ations?)?|count(er)?|patience|wait|updates|averaged"
    r"|lr|time)(_|$)",
    re.IGNORECASE,
)
"""Keys of single numbers that training counts or compares with."""
_CURVE: Final = re.compile(r"loss|metric|score|histor|curve|(^|[._])(log|best|lr|grad|time)", re.IGNORECASE)
"""Names of what is drawn or compared, and no weight."""
_RANDOM_STATE: Final = re.compile(r"rng|random_state", re.IGNORECASE)
_OBSERVER_PART: Final = re.compile(r"activation_post_process(_\d+)?|\w*observer(_\d+)?|\w*fake_quant(ize)?(_\d+)?")
_OBSERVED_LEAVES: Final = frozenset(["min_val", "max_val", "min_vals", "max_vals"])


def belongs_to_optimizer(key: str) -> bool:
    """One key of a path says that what lies under it is an optimizer's state."""
    return ("." not in key and _OPTIMIZER_KEY.search(key) is not None) or key in _OPTIMIZER_LEAVES


def is_optimizer_state(keys: Iterable[object]) -> bool:
    """A dict with these keys is what `Optimizer.state_dict()` returns, whatever it is called."""
    return {key for key in keys if isinstance(key, str)} >= _OPTIMIZER_STATE


def role_beside_model(key: str, numbers: int | None) -> Role:
    """Whose is what stands under this key of the outermost dict; `numbers` of a tensor, None of anything else."""
    if "." in key:
        return "model"
    if numbers is None:
        return "trainer" if _TRAINER_PART.search(key) else "model"
    counts = numbers == 1 and _TRAINER_NUMBER.search(key) is not None
    return "trainer" if counts or _RANDOM_STATE.search(key) else "model"


def is_curve(name: str) -> bool:
    """An array of this dotted name is what training measured."""
    return _CURVE.search(name) is not None


def role_of_name(name: str) -> Role:
    """Whose is a tensor of this dotted name in a state dict."""
    *above, leaf = name.split(".")
    if is_trained(leaf):
        return "model"
    observed = leaf in _OBSERVED_LEAVES or any(_OBSERVER_PART.fullmatch(part) for part in above)
    return "observer" if observed else "model"


def role_in_flat_file(name: str) -> Role:
    """Whose is a tensor in a file that has only dotted names."""
    parts = name.split(".")
    if belongs_to_optimizer(parts[0]) or parts[-1] in _OPTIMIZER_LEAVES:
        return "optimizer"
    return role_of_name(name)


def is_trained(name: str) -> bool:
    """The name ends as trained parameters do: nobody keeps a mask or a statistic there."""
    leaf = name.rpartition(".")[2]
    return leaf.endswith("weight") or leaf == "bias"
