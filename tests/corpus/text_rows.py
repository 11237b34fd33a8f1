"""Rows about text files: scaler, configs, split policy, loss histories."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import io
import json
import pickle

import numpy as np
from corpus_case import Case
from support.breakages import (
    CFG,
    CFG2,
    POLICY,
    RUNS,
    SCALER,
    TABLE,
    TABLE2,
    Contents,
    Edit,
    also,
    cut,
    flipped,
    folder,
    gone,
    link,
    put,
    sparse,
    swapped,
    text,
    then_backup,
)
from support.workspaces import falling

from checkpoint_rows import HTML, LFS  # isort: skip


def scaler_of(data: Contents) -> Edit:
    """Another scaler altogether, and a new bundle of it."""
    return then_backup(put(SCALER, data))


def scaler(**changes: object) -> Edit:
    """A sound scaler with some keys changed; None takes one out."""
    good = {"method": "zscore", "eps": 1e-6, "center": [0.1] * 6, "scale": [1.5] * 6} | changes
    return scaler_of(json.dumps({k: v for k, v in good.items() if v is not None}))


def raw(center: str, scale: str = "[1, 1]") -> Edit:
    """A scaler with numbers written as JSON knows them, or not."""
    return scaler_of(f'{{"method": "zscore", "center": {center}, "scale": {scale}}}')


def npz() -> bytes:
    out = io.BytesIO()
    np.savez(out, method=np.array("zscore"), center=np.zeros(6), scale=np.ones(6))
    return out.getvalue()


def config(old: str, new: str) -> Edit:
    """PatchTST's config with one line changed, and a new bundle of it."""
    return then_backup(text(CFG, old, new))


def config2(old: str, new: str) -> Edit:
    """The same of SwinMAE's."""
    return then_backup(text(CFG2, old, new))


def yaml(data: bytes | str) -> Edit:
    """Another config altogether, and a new bundle of it."""
    return then_backup(put(CFG, data))


def rows(*lines: str, end: str = "\r\n", encoding: str = "utf-8") -> bytes:
    return (end.join(lines) + end).encode(encoding)


def table(count: int = 8, *, delimiter: str = ",", decimal: str = ".", first: int = 1, end: str = "\r\n", encoding: str = "utf-8",
          names: tuple[str, ...] = ("epoch", "train_loss", "val_loss")) -> bytes:  # fmt: skip
    """PatchTST's own losses in another dialect."""
    val = falling(8)[:count]
    body = [
        delimiter.join([str(first + n), *(repr(v).replace(".", decimal) for v in (val[n] * 1.1, val[n]))])
        for n in range(count)
    ]
    return rows(delimiter.join(names), *body, end=end, encoding=encoding)


def with_value(epoch: int, column: int, value: str) -> Edit:
    """One cell of PatchTST's loss history changed."""

    def change(old: bytes) -> str:
        lines = old.decode().split("\r\n")
        cells = lines[epoch].split(",")
        cells[column] = value
        lines[epoch] = ",".join(cells)
        return "\r\n".join(lines)

    return put(TABLE, change)


DEEP = 100_000
ALIASES = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)

# fmt: off
SCALERS = [
    Case("scaler is missing", gone(SCALER), "2 fail", "artifacts/scaler_fdc.json is missing", ""),
    Case("scaler of 0 bytes", put(SCALER, b""), "2 fail", "scaler_fdc.json", ""),
    Case("scaler cut short", scaler_of(cut(-20)), "2 fail", "is it cut off?", "a write that was interrupted"),
    Case("scaler is an HTML page", scaler_of(HTML), "2 fail", "scaler_fdc.json", ""),
    Case("scaler is an LFS pointer", scaler_of(LFS), "2 fail", "is a Git LFS pointer (run `git lfs pull`)", "no JSON at all"),
    Case("scaler is a list", scaler_of("[1, 2]"), "2 fail", "scaler_fdc.json", "expected an object"),
    Case("scaler without method", scaler(method=None), "2 fail", "method", ""),
    Case("scaler without center", scaler(center=None), "2 fail", "center", ""),
    Case("center and scale differ in length", scaler(center=[0.1] * 5), "2 fail", "5 numbers | one of each a channel", ""),
    Case("empty center and scale", scaler(center=[], scale=[]), "2 fail", "center", "no channel at all"),
    Case("NaN in center", raw("[0, NaN]"), "2 fail", "center[1]", "JSON does not know NaN, Python writes it"),
    Case("Infinity in scale", raw("[0, 0]", "[1, Infinity]"), "2 fail", "scale[1]", ""),
    Case("center of 1e400", raw("[0, 1e400]"), "2 fail", "center[1]", "overflows to infinity"),
    Case("integer of 5,000 digits", raw("[0, %s]" % ("9" * 5000)), "2 fail", "scaler_fdc.json", "Python refuses to read it, we say so"),
    Case("scale of 0", scaler(scale=[1.5] * 5 + [0]), "2 fail", "scale[5] is 0", "a dead channel divides by zero"),
    Case("negative scale", scaler(scale=[1.5] * 5 + [-1]), "2 fail", "scale[5] is -1", ""),
    Case("text among the numbers", scaler(center=["0.1"] * 6), "2 fail", "center", ""),
    Case("null among the numbers", scaler(center=[None] * 6), "2 fail", "center", ""),
    Case("true among the numbers", scaler(scale=[True] * 6), "2 fail", "scale", ""),
    Case("scaler with a key twice", scaler_of('{"method":"z","center":[1],"scale":[1],"scale":[2]}'), "2 fail", "scale", "nobody knows which one counts"),
    Case("scaler nested 100,000 deep", scaler_of("[" * DEEP), "2 fail", "scaler_fdc.json", "recursion must not end the reader"),
    Case("scaler in UTF-16", scaler_of(json.dumps({"method": "z", "center": [1] * 6, "scale": [1] * 6}).encode("utf-16")), "2 pass", "scaler_fdc.json",
         "a Windows tool saved it; its mark says how to read it"),
    Case("scaler with a BOM", scaler_of(lambda d: b"\xef\xbb\xbf" + d), "as good", "6 channels", "harmless"),
    Case("scaler is a pickle", scaler_of(pickle.dumps({"center": [0.1]})), "2 fail", "pickle", "named and refused, never loaded"),
    Case("scaler is an npz", scaler_of(npz()), "as good", "6 channels", "read by contents"),
    Case("scaler of 64 GiB", sparse(SCALER, 64 << 30), "2 fail", "at most", "refused by its size"),
    Case("scaler is a folder", folder(SCALER), "2 fail", "is a folder", ""),
    Case("one flipped bit in the scaler", scaler_of(flipped(2)), "2 fail", "scaler_fdc.json", "a key has another name now"),
]

CONFIGS = [
    Case("config is missing", gone(CFG), "4 fail, 8 skip", "configs/patchtst_ssl_real.yaml", "nobody knows how many epochs there should be"),
    Case("config links out, its template is there", also(lambda w: (w.root / "configs/patchtst_ssl.yaml").write_bytes((w.root / CFG).read_bytes()) and None, link(CFG, "{outside}/secret.yaml")),
         "4 fail, 8 skip", "leads out of the workspace", "what cannot be read is not replaced by the next best"),
    Case("config of 0 bytes", yaml(b""), "4 fail, 5 fail, 8 skip", "patchtst_ssl_real.yaml", "the backup's copy is empty too"),
    Case("config of a comment only", yaml("# later\n"), "4 fail, 8 skip", "holds no value", ""),
    Case("config is a list", yaml("- 1\n- 2\n"), "4 fail, 8 skip", "expected a mapping of keys, found list", ""),
    Case("config is one word", yaml("hello\n"), "4 fail, 8 skip", "expected a mapping", ""),
    Case("config with a tab", yaml("training:\n\tlr: 0.1\n"), "4 fail, 8 skip", "tab", "where, and what to do"),
    Case("config runs code by a tag", yaml("training: !!python/object/apply:os.system ['touch ran']\n"), "4 fail, 8 skip", "tag", "tags are never followed"),
    Case("alias bomb", yaml(ALIASES), "4 fail, 8 skip", "alias", "a billion values out of 300 bytes"),
    Case("alias to itself", yaml("a: &a [*a]\n"), "4 fail, 8 skip", "patchtst_ssl_real.yaml", ""),
    Case("flow lists 100,000 deep", yaml("a: " + "[" * DEEP), "4 fail, 8 skip", "patchtst_ssl_real.yaml", "crashes the C loader"),
    Case("flow mappings 100,000 deep", yaml("{a: " * DEEP), "4 fail, 8 skip", "patchtst_ssl_real.yaml", ""),
    Case("block lists 20,000 deep", yaml("- " * 20_000 + "x"), "4 fail, 8 skip", "patchtst_ssl_real.yaml", ""),
    Case("a key twice", config("  lr: 0.002\n", "  lr: 0.002\n  lr: 0.003\n"), "4 fail, 9 fail", "`lr` stands twice, in line", "the last one would win silently"),
    Case("two documents", yaml("a: 1\n---\nb: 2\n"), "4 fail, 8 skip", "document", "which one is the config?"),
    Case("config in UTF-16", then_backup(put(CFG, lambda d: d.decode().encode("utf-16"))), "as good", "lr=0.002", "its mark says how to read it"),
    Case("config of bytes that are no text", yaml(b"a: \xff\xfe\x00\x80\n"), "4 fail, 8 skip", "patchtst_ssl_real.yaml", ""),
    Case("config with NUL bytes", yaml(b"a: 1\x00\nb: 2\n"), "4 fail, 8 skip", "patchtst_ssl_real.yaml", ""),
    Case("config of 2 MB", yaml("# " + "x" * (2 << 20) + "\na: 1\n"), "4 fail, 8 skip", "at most", "a config is written by hand"),
    Case("JSON under the name .yaml", then_backup(put(CFG, json.dumps({"data": {"source": "csv"}, "device": {"amp": False}, "model": {"mask_ratio": 0.4, "d_model": 48},
         "training": {"lr": 0.002, "epochs": 8}}))), "as good", "lr=0.002", "JSON is YAML"),
    Case("lr of 2e-3", config("lr: 0.002", "lr: 2e-3"), "as good", "2e-3 | lr=0.002", "text to YAML 1.1, a number to everybody else: taken, and said"),
    Case("lr of 0", config("lr: 0.002", "lr: 0"), "4 fail, 9 fail", "`training.lr` | expected more than 0", ""),
    Case("lr of NaN", config("lr: 0.002", "lr: .nan"), "4 fail, 9 fail", "a finite number", ""),
    Case("lr of Inf", config("lr: 0.002", "lr: .inf"), "4 fail, 9 fail", "a finite number", ""),
    Case("lr is a word", config("lr: 0.002", "lr: fast"), "4 fail, 9 fail", "'fast'", ""),
    Case("lr is true", config("lr: 0.002", "lr: true"), "4 fail, 9 fail", "`training.lr`", "true is no 1"),
    Case("lr is null", config("lr: 0.002", "lr:"), "4 fail", "`training.lr` is missing", ""),
    Case("lr is a mapping", config("lr: 0.002", "lr: {base: 1}"), "4 fail", "`training.lr`", ""),
    Case("epochs of 0", config("epochs: 8", "epochs: 0"), "4 fail, 8 skip", "`training.epochs`", "0 epochs cannot be completed"),
    Case("epochs of 8.5", config("epochs: 8", "epochs: 8.5"), "4 fail, 8 skip", "a whole number", ""),
    Case("epochs with a leading zero", config("epochs: 8", "epochs: 010"), "as good", "010", "octal to YAML 1.1: 8, and said") ,
    Case("epochs like a time", config("epochs: 8", "epochs: 0:08"), "4 fail, 8 skip", "'0:08'", "base 60 to YAML 1.1, text to everybody else: refused"),
    Case("epochs of 10^30", config("epochs: 8", "epochs: 1" + "0" * 30), "8 skip", "nothing says how many epochs", "a whole number that nobody reaches"),
    Case("epochs of 5,000 digits", config("epochs: 8", "epochs: " + "9" * 5000), "4 fail, 8 skip", "patchtst_ssl_real.yaml", ""),
    Case("more epochs than were trained", config("epochs: 8", "epochs: 20"), "8 fail", "epoch 8 of 20", "it was stopped on the way"),
    Case("fewer epochs than were trained", config("epochs: 8", "epochs: 5"), "8 fail", "says 5 epochs | holds 8 (epochs_beyond)", "more than everything is no completion"),
    Case("mask ratio of 0", config("mask_ratio: 0.4", "mask_ratio: 0"), "4 fail, 9 fail", "`model.mask_ratio`", ""),
    Case("mask ratio of 1", config("mask_ratio: 0.4", "mask_ratio: 1"), "4 fail, 9 fail", "`model.mask_ratio`", "nothing would be left to see"),
    Case("amp of yes", config("amp: false", "amp: yes"), "9 fail", "amp=true | `device.amp` is true, it was false", "true to YAML 1.1, and said"),
    Case("amp of 'maybe'", config("amp: false", "amp: maybe"), "4 fail, 9 fail", "true or false", ""),
    Case("amp of 1", config("amp: false", "amp: 1"), "4 fail, 9 fail", "true or false", ""),
    Case("fs of 0", config2("fs: 64", "fs: 0"), "4 fail, 9 fail", "`data.fs`", ""),
    Case("fs is missing", config2("  fs: 64\n", ""), "4 fail", "`data.fs` is missing", ""),
    Case("fs is a date", config2("fs: 64", "fs: 2026-11-23"), "4 fail, 9 fail", "`data.fs`", "dates come out of nowhere in YAML"),
    Case("source is missing", config("  source: csv\n", ""), "4 fail", "`data.source` is missing", ""),
    Case("source holds a terminal's escapes", config("source: csv", 'source: "\\e[2J\\u202ecsv"'), "9 fail", "lr=0.002", "never shown as it is"),
    Case("keys that are no text", config("device:", "1: a\nnull: b\n2026-11-23: c\n[x, y]: d\ndevice:"), "4 fail, 8 skip",
         "patchtst_ssl_real.yaml", "a list as a key is refused"),
    Case("merge keys", config("training:\n", "base: &base {seed: 1}\ntraining:\n  <<: *base\n"), "as good", "lr=0.002", "a usual thing"),
    Case("merge conflict", config("  lr: 0.002\n", "<<<<<<< HEAD\n  lr: 0.002\n=======\n  lr: 0.1\n>>>>>>> x\n"), "4 fail, 8 skip", "patchtst_ssl_real.yaml", ""),
    Case("configs swapped", also(swapped(CFG, CFG2)), "4 fail, 8 fail, 9 fail", "`data.fs` is missing", "each is sound, and the wrong one"),
    Case("config in CRLF", then_backup(put(CFG, lambda d: d.replace(b"\n", b"\r\n"))), "as good", "lr=0.002", ""),
    Case("config of 64 GiB", sparse(CFG, 64 << 30), "4 fail, 8 skip, 9 fail", "at most", "refused by its size"),
]

POLICIES = [
    Case("policy is missing", gone(POLICY), "7 fail", "is missing", ""),
    Case("policy of 0 bytes", put(POLICY, b""), "7 fail", "calibration_split_policy.md", ""),
    Case("policy speaks of half", put(POLICY, "We train on what is normal."), "7 fail", "does not speak of calibration", ""),
    Case("policy is binary", put(POLICY, bytes(range(256)) * 20), "7 fail", "calibration_split_policy.md", ""),
    Case("policy in UTF-16", put(POLICY, "Train, calibration, normal".encode("utf-16")), "as good", "speaks of", ""),
    Case("policy of 64 GiB", sparse(POLICY, 64 << 30), "7 fail", "at most", ""),
    Case("policy is a folder", folder(POLICY), "7 fail", "is a folder", ""),
    Case("policy of HTML and scripts", put(POLICY, "<script>alert(1)</script> train calibration normal"), "as good", "speaks of", "its text is never shown"),
]

LOSSES = [
    Case("no loss history", gone(TABLE), "as good", "epoch 8 of 8", "the events hold every loss"),
    Case("loss history of 0 bytes", put(TABLE, b""), "8 fail", "patchtst_loss_history.csv", "there and empty: said"),
    Case("loss history of a header only", put(TABLE, "epoch,train_loss,val_loss\r\n"), "8 fail", "patchtst_loss_history.csv", ""),
    Case("loss history without losses", put(TABLE, "epoch,lr\r\n1,0.1\r\n"), "8 fail", "patchtst_loss_history.csv", "the columns are missing"),
    Case("loss history is an HTML page", put(TABLE, HTML), "8 fail", "patchtst_loss_history.csv", ""),
    Case("loss history of random bytes", put(TABLE, np.random.default_rng(3).bytes(3000)), "8 fail", "patchtst_loss_history.csv", ""),
    Case("NaN in the loss history", with_value(8, 2, "nan"), "8 fail", "val_loss NaN since epoch 8", "one NaN is enough"),
    Case("Inf in the loss history", with_value(3, 1, "inf"), "8 fail", "train_loss Inf since epoch 3", ""),
    Case("1e999 in the loss history", with_value(5, 2, "1e999"), "8 fail", "val_loss Inf since epoch 5", "overflow"),
    Case("semicolons and decimal commas", put(TABLE, table(delimiter=";", decimal=",")), "as good", "epoch 8 of 8", "a German spreadsheet"),
    Case("tabs", put(TABLE, table(delimiter="\t")), "as good", "epoch 8 of 8", ""),
    Case("loss history in UTF-16", put(TABLE, table(encoding="utf-16")), "as good", "epoch 8 of 8", ""),
    Case("loss history with a BOM", put(TABLE, b"\xef\xbb\xbf" + table()), "as good", "epoch 8 of 8", ""),
    Case("loss history with spaces and quotes", put(TABLE, table(names=(' "epoch"', ' "train_loss"', ' "val_loss"'))), "as good", "epoch 8 of 8", ""),
    Case("an unclosed quote", put(TABLE, lambda d: d.replace(b"\r\n3,", b'\r\n"3,')), "as good", "a quote is opened and never closed",
         "what it swallowed is left out; the events have it"),
    Case("NUL bytes", put(TABLE, lambda d: d.replace(b"\r\n3,", b"\r\n\0\0\0,")), "as good", "patchtst_loss_history.csv", "that row is left out, and said"),
    Case("half a last line", put(TABLE, cut(-9)), "as good", "epoch 8 of 8", "a live writer; the events have the rest"),
    Case("epochs from 0 beside events from 1", put(TABLE, table(first=0)), "as good", "epoch 8 of 8", "the same losses, counted differently"),
    Case("an epoch twice", put(TABLE, lambda d: d + d.split(b"\r\n")[8] + b"\r\n"), "as good", "patchtst_loss_history.csv", "the last one counts, and that is said"),
    Case("epochs backwards", put(TABLE, lambda d: b"\r\n".join([d.split(b"\r\n")[0], *d.split(b"\r\n")[8:0:-1], b""])), "as good", "epoch 8 of 8", "sorted by epoch"),
    Case("an epoch of NaN", with_value(3, 0, "nan"), "as good", "patchtst", "that row has no place"),
    Case("an epoch of 1e300", with_value(8, 0, "1e300"), "as good", "patchtst", "nonsense that must not break the page"),
    Case("negative epochs", with_value(1, 0, "-5"), "as good", "patchtst", ""),
    Case("the other stream's loss history", swapped(TABLE, TABLE2), "9 fail", "does not hold the losses", "taken from another stream"),
    Case("100,000 columns", put(TABLE, lambda d: d.replace(b"val_loss\r\n", b"val_loss," + b",".join(b"c%d" % n for n in range(100_000)) + b"\r\n", 1)),
         "8 fail", "patchtst_loss_history.csv", "refused, not waited for"),
    Case("200,000 rows", put(TABLE, lambda d: d + b"".join(b"%d,0.5,0.5\r\n" % n for n in range(9, 200_000))), "8 fail", "counted 199,999 of 8 epochs", "read, and reduced"),
    Case("a line of 30 MB", put(TABLE, b"epoch,train_loss,val_loss\r\n1," + b"9" * (30 << 20) + b",1\r\n"), "8 fail", "train_loss Inf since epoch 1", "no number of 30 million digits is finite"),
    Case("loss history of 64 GiB", sparse(TABLE, 64 << 30), "8 fail", "at most", ""),
    Case("loss history is a folder", folder(TABLE), "8 fail", "is a folder", ""),
    Case("formulas and HTML as cells", put(TABLE, lambda d: d.replace(b"epoch,", b"=cmd|' /C calc'!A0,<script>alert(1)</script>,epoch,", 1)), "8 fail, 9 pass",
         "patchtst_loss_history.csv", "cells no longer stand under their names"),
    Case("only the loss history is left", gone(RUNS), "3 fail, 9 skip", "no event file below runs/patchtst_ssl", "8 passes on it; nobody knows when the run began"),
    Case("loss history as JSON lines", put(TABLE, b"".join(json.dumps({"epoch": n + 1, "train_loss": v * 1.1, "val_loss": v}).encode() + b"\n"
         for n, v in enumerate(falling(8)))), "as good", "epoch 8 of 8", "read by contents"),
]
# fmt: on
ROWS = [*SCALERS, *CONFIGS, *POLICIES, *LOSSES]
