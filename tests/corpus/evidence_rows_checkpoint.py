"""What a checkpoint says of itself, holds and was trained with, against table, events and config of the recorded run."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from control_rows import DATA, DEFAULT
from meaning_case import Make, Meaning
from support.build_checkpoints import Array, Numbers, weights
from support.build_pickles import Call, Name
from support.foreign import Foreign
from support.recorded_run import RecordedRun, numbers_of, patchtst_layers, swinmae_layers

Change = Callable[[RecordedRun], object]
OFF = "\nchecks: {smoke: {enabled: false, reason: not run}}\nsmoke:"
CSV, EVENTS = "artifacts/loss/patchtst_loss_history.csv", "runs/patchtst_ssl/events.out.tfevents.1795435105.vm.17791.0"
CKPT, CFG = "checkpoints/patchtst_ssl.pt", "configs/patchtst_ssl_real.yaml"


def run(*changes: Change, said: tuple[str, str] | None = None) -> Make:
    """The recorded run with these changes; `said`: a piece of its description, and what stands there instead."""

    def make(f: Foreign) -> None:
        recorded = RecordedRun()
        for change in changes:
            change(recorded)
        recorded.write(f.root)
        f.description = DEFAULT.read_text().replace("\nsmoke:", OFF)
        if said:
            assert said[0] in f.description
            f.description = f.description.replace(*said)

    return make


def says(**words: Any) -> Change:
    """PatchTST's checkpoint says this of itself; None: nothing."""
    return lambda r: r.said["patchtst"].update(words)


def config_inside(key: str, value: Any) -> Change:
    """PatchTST's checkpoint keeps another value of its config than the file has."""

    def change(r: RecordedRun) -> None:
        r.edit_config("patchtst", "", "", trained=False)
        section, _, name = key.partition(".")
        r.said["patchtst"]["config"][section][name] = value

    return change


def config(old: str, new: str, *, trained: bool = False, stream: str = "patchtst") -> Change:
    """A piece of a config is another; `trained`: the training had it so."""
    return lambda r: r.edit_config(stream, old, new, trained=trained)


def model(arrays: dict[str, Array], stream: str = "patchtst") -> Change:
    """The checkpoint holds these tensors."""
    return lambda r: r.models.update({stream: arrays})


def renamed(prefix: str, stream: str = "patchtst", within: tuple[str, str] = ("", "")) -> Change:
    """Each tensor has something before its name, or within it."""
    return lambda r: r.models.update({stream: {prefix + k.replace(*within): v for k, v in r.models[stream].items()}})


def sized(**sizes: int) -> Change:
    """PatchTST of other sizes."""
    return model(numbers_of(patchtst_layers(**sizes)))


def only(*names: str, stream: str = "patchtst") -> Change:
    """Nothing but these tensors."""
    return lambda r: r.models.update({stream: {name: r.models[stream][name] for name in names}})


def filled(choose: Callable[[str, Array], Array]) -> Change:
    """PatchTST's numbers, tensor by tensor."""
    return lambda r: r.models.update({"patchtst": {k: choose(k, v) for k, v in r.models["patchtst"].items()}})


def with_one(name: str, array: Array) -> Change:
    """A further tensor of the model, or one with other numbers."""
    return lambda r: r.models["patchtst"].update({name: array})


def one_number(value: float, dtype: str = "<f4") -> Change:
    """One weight of the projection is this."""
    array = weights(1, (48, 16)).astype(dtype)
    array[3, 5] = value
    return with_one("input_proj.weight", array)


def beside(**values: Any) -> Change:
    """PatchTST's checkpoint holds further values."""
    return lambda r: r.beside.update({"patchtst": lambda _: values})


def doubled(n: Numbers) -> dict[str, Any]:
    """The averaged copy of the weights, under its own key."""
    return {"ema_state_dict": n.add_all({f"module.{k}": v for k, v in numbers_of(patchtst_layers()).items()})}


def array_of(*values: float) -> Call:
    """A NumPy array as it is pickled."""
    kind = Call(Name("numpy", "dtype"), ("f8", False, True), state=(3, "<", None, None, None, -1, -1, 0))
    made = Name("numpy._core.multiarray", "_reconstruct")
    state = (1, (len(values),), kind, False, np.array(values, "<f8").tobytes())
    return Call(made, (Name("numpy", "ndarray"), (0,), b"b"), state=state)


def table(change: Callable[[str], str], name: str = "patchtst") -> Change:
    """PatchTST's loss history, rewritten."""
    text = (DATA / f"recorded/{name}/{name}_loss_history.csv").read_text()
    return lambda r: r.tables.update({name: change(text).encode()})


def rounded(text: str) -> str:
    """Each loss with four decimals."""
    head, *rows = text.splitlines()
    cells = (row.split(",") for row in rows)
    return "\n".join([head, *(f"{e},{float(t):.4f},{float(v):.4f}" for e, t, v in cells), ""])


def no_table(r: RecordedRun) -> None:
    """The events alone hold the losses."""
    r.tables["patchtst"] = None


def reformatted(r: RecordedRun) -> None:
    """The same values, written again long after the end."""
    r.configs["patchtst"] = r.configs["patchtst"].replace("lr: 0.002", "lr: 2.0e-3").replace("\n\n", "\n")
    r.config_at["patchtst"] = 5000.0


BOTH = "epoch 8 of 8 | epoch 5 of 5"
READY = "ready"
ok = partial(Meaning, expected=READY, why="")
no = partial(Meaning, expected="9 fail", why="")
EPOCHS_0 = ("epoch: {key: epoch, from: 1, at: best}", "epoch: {key: epoch, from: 0, at: best}")
PART = ("path: checkpoints/patchtst_ssl.pt", "path: checkpoints/patchtst_ssl.pt\n      part: LoRA adapter")

# fmt: off
SAYS = [
    ok("control: the recorded run, whole", run(), words=f"{BOTH} | not: warning"),
    no("checkpoint of epoch 1 with a loss of 5", run(says(epoch=1, val_loss=5.0)),
       words=f"{CKPT} says `epoch` 1, but {CSV} has its best `val_loss` at epoch 6 | {CKPT} says `val_loss` 5, but {CSV} has 0.9875473529 at its best epoch 6 (checkpoint_says)"),
    no("checkpoint of epoch 99", run(says(epoch=99)), words=f"{CKPT} says `epoch` 99, but {CSV} holds epochs 1 to 8"),
    no("checkpoint of the last epoch, not of the best", run(says(epoch=8, val_loss=0.992949552834034)), words=f"{CKPT} says `epoch` 8, but {CSV} has its best `val_loss` at epoch 6"),
    no("loss that differs in the sixth digit", run(says(val_loss=0.9875573529)), words=f"says `val_loss` 0.9875573529, but {CSV} has 0.9875473529"),
    no("loss that only the events contradict", run(no_table, says(val_loss=0.9)), words=f"{CKPT} says `val_loss` 0.9, but {EVENTS} has 0.9875473"),
    ok("control: loss that 32-bit events hold", run(no_table), words=f"{BOTH} | not: warning"),
    ok("control: table of four decimals", run(table(rounded)), words=f"{BOTH} | not: warning"),
    ok("control: loss that was rounded before it was saved", run(says(val_loss=0.9875)), words=BOTH),
    ok("control: last row of the table is cut off", run(table(lambda text: text.rstrip()[:-9])), words=BOTH),
    ok("control: checkpoint that says nothing of itself", run(says(epoch=None, val_loss=None)), words=BOTH),
    ok("control: checkpoint that counts from 0, and the description says so", run(says(epoch=5), lambda r: r.said["swinmae"].update(epoch=4), said=EPOCHS_0), words=BOTH),
    no("checkpoint that counts from 0, and the description says from 1", run(says(epoch=5)), words="has its best `val_loss` at epoch 6"),
    ok("control: learning rate of the schedule's end in param_groups", run(beside(optimizer_state_dict={"state": {}, "param_groups": [{"lr": 5.0, "params": [0]}]})), words=BOTH),
    no("learning rate of 5 inside, 0.002 outside", run(config_inside("training.lr", 5.0)), words=f"{CFG} is not what {CKPT} was trained with: `training.lr` is 0.002, it was 5 (config_says)"),
    no("mask ratio changed after the run", run(config("mask_ratio: 0.4", "mask_ratio: 0.5")), words="`model.mask_ratio` is 0.5, it was 0.4"),
    no("two values changed after the run", run(config("lr: 0.002", "lr: 0.02"), config("dropout: 0.1", "dropout: 0.3")), words="`model.dropout` is 0.3, it was 0.1 | `training.lr` is 0.02, it was 0.002"),
    ok("control: learning rate as text inside", run(config_inside("training.lr", "2e-3")), words=BOTH),
    ok("control: path that is longer inside", run(config_inside("data.path", "/mnt/disk/data/fdc/*.csv")), words=f"{BOTH} | not: config_says"),
    ok("control: path that is another today", run(config("path: data/fdc/*.csv", "path: data/moved/*.csv")), words=f"{BOTH} | `data.path` differs (config_says)"),
    ok("control: config reformatted after the end", run(reformatted), words=f"{BOTH} | {CFG} was written at | after its run had ended | (config_rewritten)"),
]

LAYERS = [
    no("another model", run(model(numbers_of({"conv1.weight": (16, 3, 7, 7), "fc.weight": (10, 16)}))), words=f"{CKPT} has none of patchtst's layers: no `*input_proj.*` | it holds model_state_dict.conv1.weight, model_state_dict.fc.weight (own_layers)"),
    no("one number", run(model({"x": weights(1, (1,))})), words=f"{CKPT} has none of patchtst's layers"),
    no("the input layer alone", run(only("input_proj.weight", "input_proj.bias")), words=f"`model.num_layers` is 2 in {CFG}, but the checkpoint has 0 layers `*encoder.layers.*` ({CKPT}) (layer_sizes)"),
    no("SwinMAE's input layer alone", run(only("encoder.patch_embed.proj.weight", stream="swinmae")), words="checkpoints/swinmae_ssl.pt has not all of swinmae's layers: no `*decoder.*`"),
    no("SwinMAE's model under PatchTST's name", run(model(numbers_of(swinmae_layers()))), words=f"{CKPT} has the layers of swinmae, not of patchtst"),
    ok("control: distributed wrapper before the names", run(renamed("module.")), words=BOTH),
    ok("control: compiled model", run(renamed("_orig_mod.")), words=BOTH),
    ok("control: compiled encoder", run(renamed("", within=("encoder.", "encoder._orig_mod."))), words=BOTH),
    ok("control: model wrapped in a module", run(renamed("model."), renamed("model.", "swinmae")), words=BOTH),
    ok("control: averaged weights beside the model", run(lambda r: r.beside.update(patchtst=doubled)), words=BOTH),
    ok("control: LoRA adapter, and the description says so", run(model({"base_model.q.lora_A.weight": weights(1), "base_model.q.lora_B.weight": weights(2)}), said=PART), words=BOTH),
    no("LoRA adapter, and nobody says so", run(model({"base_model.q.lora_A.weight": weights(1), "base_model.q.lora_B.weight": weights(2)})), words="has none of patchtst's layers"),
    ok("control: head only, and the description says so", run(only("head.weight", "head.bias"), said=PART), words=BOTH),
    no("fewer layers than the config says", run(sized(layers=1)), words=f"`model.num_layers` is 2 in {CFG}, but the checkpoint has 1 layers `*encoder.layers.*` ({CKPT})"),
    no("patches of another length", run(sized(patch=8)), words=f"`model.patch_len` is 16 in {CFG}, but model_state_dict.input_proj.weight in the checkpoint has 8 ({CKPT})"),
    no("window of another length", run(sized(tokens=16)), words=f"`data.seq_len / model.patch_len` is 8 in {CFG}, but model_state_dict.pos_emb in the checkpoint has 16"),
    no("model of another width", run(sized(width=64)), words="`model.d_model` is 48 | model_state_dict.input_proj.weight in the checkpoint has 64"),
    no("hidden layer of another size", run(sized(hidden=192)), words="`model.ff_dim` is 96 | model_state_dict.encoder.layers.0.linear1.weight in the checkpoint has 192"),
    no("decoder of another size", run(model(numbers_of(swinmae_layers(decoder=64)), "swinmae")), words="`model.decoder_dim` is 32 in configs/swinmae_ssl_real.yaml, but model_state_dict.decoder.net.0.weight in the checkpoint has 64"),
    no("config of more layers, inside and outside", run(config("num_layers: 2", "num_layers: 4", trained=True)), words="`model.num_layers` is 4"),
    no("config of a longer window, inside and outside", run(config("seq_len: 128", "seq_len: 256", trained=True)), words="`data.seq_len / model.patch_len` is 16"),
    ok("control: another honest size throughout", run(sized(patch=32, tokens=4, width=64, layers=3, hidden=128), *(
        config(old, new, trained=True) for old, new in [("patch_len: 16", "patch_len: 32"), ("patch_stride: 16", "patch_stride: 32"), ("d_model: 48", "d_model: 64"), ("num_layers: 2", "num_layers: 3"), ("ff_dim: 96", "ff_dim: 128")]
    )), words=BOTH),
    ok("control: overlapping patches", run(sized(tokens=15), config("patch_stride: 16", "patch_stride: 8", trained=True)), words=BOTH),
    ok("control: another decoder throughout", run(model(numbers_of(swinmae_layers(decoder=64)), "swinmae"), config("decoder_dim: 32", "decoder_dim: 64", trained=True, stream="swinmae")), words=BOTH),
]

EPOCHS = [
    Meaning("fewer epochs in the config than were trained", run(config("epochs: 8", "epochs: 4")), "8 fail", f"`training.epochs` in {CFG} says 4 epochs, but {CSV} holds 8 (epochs_beyond)", ""),
    ok("control: as many epochs as were trained", run(), words="not: epochs_beyond"),
    Meaning("fewer epochs, and the description does not say that they are all", run(config("epochs: 8", "epochs: 4"), said=(", whole: true", "")), "8 skip", "counted 8 of 4 | not: epochs_beyond", "another trainer may add a cooldown"),
]

NUMBERS = [
    Meaning("every weight matrix zero", run(filled(lambda k, v: v * 0 if v.ndim > 1 else v)), "1 fail", f"{CKPT}: each weight matrix holds one number throughout | (weights_alike)", ""),
    Meaning("every number zero", run(filled(lambda k, v: v * 0)), "1 fail", f"{CKPT}: every weight is 0", ""),
    Meaning("each weight matrix constant", run(filled(lambda k, v: v * 0 + len(k) if v.ndim > 1 else v)), "1 fail", "each weight matrix holds one number throughout", ""),
    ok("control: one layer of zeros, and biases", run(filled(lambda k, v: v * 0 if k == "head.weight" or k.endswith("bias") else v)), words=f"{BOTH} | one number throughout in 1 weight matrix: model_state_dict.head.weight"),
    ok("control: norms of ones", run(filled(lambda k, v: v * 0 + 1 if "norm" in k else v)), words=f"{BOTH} | not: warning"),
    Meaning("weight above 1e19", run(one_number(2e19)), "1 fail", f"{CKPT}: holds larger weights than 1e19 | model_state_dict.input_proj.weight (2e+19) | (weights_huge)", ""),
    Meaning("float64 beyond float32", run(one_number(1e39, "<f8")), "1 fail", f"{CKPT}: holds larger weights than a 32-bit float holds: model_state_dict.input_proj.weight (1e+39)", ""),
    Meaning("position embedding above 1e19", run(with_one("pos_emb", weights(1, (1, 8, 48)) * np.float32(1e21))), "1 fail", "model_state_dict.pos_emb", ""),
    ok("control: weights of float64", run(one_number(0.5, "<f8")), words=f"{BOTH} | not: warning"),
    ok("control: large weights that a float32 can square", run(one_number(9e18)), words=BOTH),
    ok("control: mask of the least float", run(with_one("attn_mask", np.where(np.tri(4) > 0, 0, np.finfo("<f4").min).astype("<f4"))), words=BOTH),
    ok("control: mask of -1e30 in float64", run(with_one("attn.mask", np.where(np.tri(4) > 0, 0, -1e30).astype("<f8"))), words=BOTH),
    Meaning("NumPy array that holds NaN", run(beside(channel_std=array_of(1.0, math.nan))), "1 fail", f"{CKPT}: NumPy arrays in it hold NaN or infinite numbers: channel_std (arrays_not_finite)", ""),
    Meaning("NumPy array that holds infinity, deeper inside", run(beside(extra={"norm": {"mean": array_of(math.inf)}})), "1 fail", "extra.norm.mean", ""),
    ok("control: NumPy array of numbers", run(beside(channel_std=array_of(1.0, 2.0))), words=BOTH),
    ok("control: curve with a NaN in its first epoch", run(beside(val_losses=array_of(math.nan, 0.5), history={"acc": array_of(math.nan)})), words=BOTH),
    ok("control: a best score that was never set", run(beside(best_score=array_of(-math.inf))), words=BOTH),
]
# fmt: on

ROWS = [*SAYS, *LAYERS, *EPOCHS, *NUMBERS]
