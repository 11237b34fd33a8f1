"""Further broken workspaces and their steps: files, and what their contents say of one another."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from step_rows import Row, finished, trained
from step_rows_described import stream
from support.breakages import (
    BUNDLE,
    CFG,
    CKPT,
    CKPT2,
    POLICY,
    RUNS,
    SCALER,
    TABLE,
    TABLE2,
    Broken,
    Edit,
    also,
    backup,
    folder,
    gone,
    put,
    rerun,
    text,
    then_backup,
    touched,
)
from support.workspaces import checkpoint_bytes, model_of, write_policy, write_scaler, write_stream


def packed_empty(w: Broken) -> None:
    """The bundle holds an empty checkpoint."""
    good = (w.root / CKPT).read_bytes()
    then_backup(put(CKPT, b""))(w)
    put(CKPT, good)(w)


def scattered(w: Broken) -> None:
    """The bundle holds each stream's files under a folder of its own."""
    with zipfile.ZipFile(w.root / BUNDLE) as old:
        held = {each: old.read(each) for each in old.namelist()}
    with zipfile.ZipFile(w.root / BUNDLE, "w") as new:
        for each, data in held.items():
            new.writestr(f"{'one' if 'patchtst' in each else 'two'}/{each}", data)
    touched(0, BUNDLE)(w)


def unlike(w: Broken) -> None:
    """PatchTST was trained again with other seeds, after the backup was packed."""
    also(gone(RUNS), rerun(pause=100.0, seed=9), touched(-800, SCALER))(w)


def fitted(**changes: Any) -> Edit:
    """The scaler says this."""
    return put(SCALER, lambda old: json.dumps(json.loads(old) | changes))


def fitted_again(w: Broken) -> None:
    """A sound scaler, fitted before the training."""
    write_scaler(w.root, w.patchtst.start - 2)


def saves(**changes: Any) -> Edit:
    """PatchTST's checkpoint says this of itself."""
    return lambda w: put(CKPT, checkpoint_bytes(w.patchtst, **changes))(w)


def another_model(w: Broken) -> None:
    """PatchTST's checkpoint holds none of its layers."""
    put(CKPT, checkpoint_bytes(replace(w.patchtst, id="another")))(w)


def weighing(change: Callable[[Any], Any]) -> Edit:
    """Each of PatchTST's layers holds other numbers."""

    def apply(w: Broken) -> None:
        model = {name: change(array).astype(array.dtype) for name, array in model_of(w.patchtst).items()}
        put(CKPT, checkpoint_bytes(w.patchtst, model))(w)

    return apply


def losing(*val: float) -> Edit:
    """PatchTST recorded these validation losses, and was packed with them."""
    return then_backup(lambda w: write_stream(w.root, replace(w.patchtst, val=val)))


def ended_again(w: Broken) -> None:
    """What is left of the run that came to no good end is removed: the earlier one's files belong together again."""
    for path in sorted((w.root / RUNS).iterdir())[1:]:
        path.unlink()
    write_stream(w.root, w.patchtst)


OTHER, OWN = (
    "checkpoints/m.model",
    "Put PatchTST's own checkpoint back in place, and make a new backup: the newest holds",
)
OWN_CONFIG = "Put the config of PatchTST's run back in place, or train again with this one"
ZIP = f"{{run}}.zip {CKPT} {CFG} {CKPT2} configs/swinmae_ssl_real.yaml {SCALER} {TABLE} {TABLE2}"


ROWS = (
    Row("policy says little", text(POLICY, "calibration", "tuning"), f"Write {POLICY}: say how data was split",
        "split_policy", None, lambda w: write_policy(w.root)),
    Row("a folder for a policy", folder(POLICY), "Put the file itself in the place of what lies there", "split_policy",
        None, also(gone(POLICY), lambda w: write_policy(w.root))),
    Row("a key of the config missing, no backup", also(text(CFG, "  lr: 0.002\n", ""), gone(BUNDLE)),
        f"Correct it in {CFG}.", "configs", None, text(CFG, "training:\n", "training:\n  lr: 0.002\n")),
    Row("config no YAML, no backup", also(put(CFG, "a: [\n"), gone(BUNDLE)), f"Write PatchTST's final config to {CFG}.",
        "configs training", None, finished),
    Row("config gone, no backup", gone(CFG, BUNDLE), f"Write PatchTST's final config to {CFG}.", "configs training",
        None, finished),
    Row("no number of epochs in it, no backup", also(text(CFG, "  epochs: 8\n", ""), gone(BUNDLE)),
        f"Correct it in {CFG}.", "configs training", None, finished),
    Row("scaler of another method", then_backup(fitted(method="robust")), "Fit the scaler again with PatchTST's final",
        "scaler", None, fitted_again, then="provenance"),
    Row("scaler beyond float32", then_backup(fitted(scale=[1e-40] * 6)), "Leave out the channel that never moves",
        "scaler", None, fitted_again, then="provenance"),
    Row("scaler of other channels", then_backup(fitted(center=[0.1] * 4, scale=[1.5] * 4)),
        "Fit the scaler again with PatchTST's training data.", "scaler", None, fitted_again, then="provenance"),
    Row("scaler of last week", touched(-9 * 86400, SCALER), "Fit the scaler again with PatchTST's training data.",
        "provenance", None, fitted_again),
    Row("an empty copy in the backup", packed_empty, "Pack checkpoints, configs, scaler", "backup provenance",
        f"zip -q artifacts/bundles/{ZIP}"),
    Row("a backup of two folders", scattered, "Make a new backup of this run alone", "backup", None, backup),
    Row("trained again after packing", unlike, "is to be released, pack checkpoints", "provenance",
        f"zip -q artifacts/bundles/{ZIP}"),
    Row("checkpoint of the run before", rerun(checkpoint=False), "Train PatchTST to a good end, or restore the run",
        "provenance", None, ended_again),
    Row("table of the run before", rerun(table=False), "Train PatchTST to a good end, or restore the run",
        "provenance", None, ended_again),
    Row("times lost", touched(0), "validate where the training ran, or keep times", "provenance", None, trained),
    Row("another config was packed", then_backup(text(CFG, "lr: 0.002", "lr: 0.004")),
        f"{OWN_CONFIG}, and make a new backup", "provenance", None, also(finished, backup)),
    Row("config of a larger model", also(text(CFG, "d_model: 48", "d_model: 64"), saves(config=None), backup),
        "Config and checkpoint are of different models. Train again, or remove what is left", "provenance", None,
        also(finished, backup)),
    Row("trained beyond its config", then_backup(text(CFG, "epochs: 8", "epochs: 6")),
        f"{OWN_CONFIG}, and make a new backup", "training", None, also(finished, backup)),
    Row("checkpoint of another epoch", then_backup(saves(epoch=3)), OWN, "provenance", None,
        also(finished, backup)),
    Row("checkpoint of other layers", then_backup(another_model), OWN, "provenance", None, also(finished, backup)),
    Row("weights of zero", then_backup(weighing(lambda a: a * 0)), "Train PatchTST again, and save what it learnt",
        "checkpoints", None, finished, then="provenance"),
    Row("weights too large", then_backup(weighing(lambda a: a * 1e25)), "Train PatchTST again, and save what it learnt",
        "checkpoints", None, finished, then="provenance"),
    Row("validation of zero", losing(*[0.0] * 8), "Look whether PatchTST has any validation data", "training", None,
        finished, then="provenance"),
    Row("losses explode", losing(*[10.0**n for n in range(8)]), "Find out why PatchTST diverged", "training", None,
        finished, then="provenance"),
    Row("table edited", text(TABLE, "0.729\r", "0.5\r"), "Train again, or remove what is left of the other run.",
        "provenance", None, finished),
    Row("an empty cell", text(TABLE, "0.729\r", "\r"), f"Look why this value was not written to {TABLE}", "training",
        None, finished),
    Row("a model that no reader proves", also(put(OTHER, b"binf" + bytes(40)), stream(checkpoint=OTHER)),
        "Save the weights also in a format that is read", "checkpoints", None, stream(checkpoint=CKPT)),
    Row("a checkpoint that is text", also(put(OTHER, "best: 8\n"), stream(checkpoint=OTHER)),
        "Name PatchTST's model under `checkpoint:`", "checkpoints", None, stream(checkpoint=CKPT)),
)  # fmt: skip
"""Every row: a remedy that `step_rows` does not try."""
