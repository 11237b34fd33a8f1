"""Strategies: any bytes for any input file, and any state; and how many examples are tried.

In the suite a fixed, small number that is the same every time; `fuzz.py` sets FUZZ_EXAMPLES and lets chance in.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from support.state_parts import raw_state

FUZZING = "FUZZ_EXAMPLES" in os.environ
FILES = (
    "checkpoints/patchtst_ssl.pt", "checkpoints/swinmae_ssl.pt",
    "configs/patchtst_ssl_real.yaml", "configs/swinmae_ssl_real.yaml",
    "artifacts/scaler_fdc.json",
    "artifacts/loss/patchtst_loss_history.csv", "artifacts/loss/swinmae_loss_history.csv",
    "runs/patchtst_ssl/*", "runs/swinmae_ssl/*",
    "artifacts/bundles/run_bundle.zip", "docs/calibration_split_policy.md",
    "artifacts/dqvl/fdc/r__watch_a.csv.json", "run_status.json", "dashboard.yaml",
)  # fmt: skip
"""Every input file of the default pipeline; `*` is its only event file."""
PIECES = tuple(
    piece.encode()
    for piece in (
        "training:", "epochs: ", "lr: ", "[", "]", "{", "}", "\n", "\n  ", "- ", ": ", "&a ", "*a", "!!python/name:os ",
        "nan", ".inf", "-1e400", "9" * 400, "0x1f", "null", "true", '"', "'", "\\", "\x00", "\x1b[31m", "\u202e",
        "<script>", "epoch,train_loss,val_loss\r\n", "1,0.5,0.5\r\n", ";", "\t", "method", "center", "scale",
        '{"epoch": 1, "loss": NaN}\n',
        "train calibration normal", "PK\x03\x04", "PK\x05\x06", "streams:", "stages:", "id: x", "status_from: ",
        "9999-12-31T23:59:59-14:00", '{"stream": "patchtst", "outcome": "completed", "updated_at": "',
    )
)  # fmt: skip


def bounded(test: Callable[..., None]) -> Callable[..., None]:
    """As many examples as are asked for, without a time limit for a single one: machines are noisy."""
    return settings(
        max_examples=int(os.environ.get("FUZZ_EXAMPLES", "40")),
        derandomize=not FUZZING,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )(test)


def mutated(good: bytes) -> st.SearchStrategy[bytes]:
    """A good file with some bytes changed, cut out, repeated or put in."""
    place = st.integers(0, max(len(good), 1))
    change = st.tuples(
        st.sampled_from(["flip", "cut", "drop", "repeat", "insert", "number"]),
        place,
        st.integers(0, 255),
        st.binary(max_size=40) | st.sampled_from(PIECES),
    )
    return st.lists(change, min_size=1, max_size=6).map(lambda changes: _applied(good, changes))


def _applied(good: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    data = bytearray(good)
    for kind, at, number, piece in changes:
        if kind == "flip" and data:
            data[at % len(data)] ^= 1 << number % 8
        elif kind == "cut":
            del data[at:]
        elif kind == "drop":
            del data[at : at + number]
        elif kind == "repeat":
            data[at:at] = data[at : at + number] * 3
        elif kind == "insert":
            data[at:at] = piece
        else:
            data[at : at + 8] = (number << 56 | at).to_bytes(8, "little")
    return bytes(data)


def any_bytes(good: bytes) -> st.SearchStrategy[bytes]:
    """Bytes of every sort: noise, pieces of the formats, and good files that were damaged."""
    pieces = st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=60).map(b"".join)
    deep = st.tuples(st.sampled_from([b"[", b"{a: ", b"- ", b'{"a":', b"(", b"]"]), st.integers(1, 20_000))
    return st.one_of(mutated(good), mutated(good), st.binary(max_size=3000), pieces, deep.map(lambda d: d[0] * d[1]))


SIGNS = (
    "<script>alert(1)</script>",
    "| a | b |",
    "`x`",
    "[x](javascript:1)",
    "\x00\x1b[31m\u202e\u200b",
    "]]>",
    "&",
    "\ud800",
)
TEXT = st.text(st.characters(), max_size=40) | st.sampled_from(SIGNS)
NAMES = {"id", "checks", "status", "source", "target", "group", "view", "schema_version", "level", "stream", "outcome",
         "run_id", "unit", "sha256", "kind", "timestamp"}  # fmt: skip
"""Keys under which only certain words may stand: the contract refuses any others."""


def any_state() -> st.SearchStrategy[dict[str, Any]]:
    """Plain values of a state in which any texts and numbers stand; not every one keeps the contract."""
    change = st.tuples(
        st.integers(0, 5000), TEXT, st.integers(0, 1 << 60), st.floats(allow_nan=False, allow_infinity=False)
    )
    return st.lists(change, min_size=1, max_size=30).map(_filled_in)


def _filled_in(changes: list[tuple[int, str, int, float]]) -> dict[str, Any]:
    raw = raw_state()
    leaves = list(_leaves(raw))
    for number, *values in changes:
        place, key = leaves[number % len(leaves)]
        place[key] = values[(str, int, float).index(type(place[key]))]
    return raw


def _leaves(value: Any) -> Any:
    """Every place where any text or number may stand, as its container and key."""
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, inner in items:
        if key in NAMES or (key == "value" and isinstance(inner, str)):
            continue
        if isinstance(inner, (dict, list)):
            yield from _leaves(inner)
        elif type(inner) in (str, int, float):
            yield value, key
