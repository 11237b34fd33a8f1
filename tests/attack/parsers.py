"""Every parser of foreign bytes, called in this process without the child's limits, and good files to begin with.

Output: `PARSERS`, name -> what takes bytes and must not raise, and its good files.
"""

from __future__ import annotations

import io
import json
import lzma
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from support.build_archives import backup_tar, backup_zip
from support.build_checkpoints import keras, safetensors
from support.build_events import event, record, scalar_file, session_start, simple_value, train_val
from support.build_models import an_xgboost, dcp_metadata, dcp_tensor, lightgbm, ubjson, xgboost_json

from collectors.evidence.events import EventEvidence
from collectors.readers.archive.read import read_archive
from collectors.readers.checkpoint.dcp import read_dcp
from collectors.readers.checkpoint.read import read_checkpoint
from collectors.readers.checkpoint.shard_index import read_shard_index
from collectors.readers.checkpoint.torch_pickle import read_torch_pickle
from collectors.readers.child.evidence_json import from_json, to_json
from collectors.readers.common.finding_list import FindingList
from collectors.readers.events.read import read_events
from collectors.readers.mlflow.read import read_mlflow
from collectors.readers.pickle.stack import PickleProblem
from collectors.readers.scaler.read import read_scaler
from collectors.readers.scores.read import read_scores
from collectors.readers.scores.report import read_report
from collectors.readers.tables.columns import LossColumns
from collectors.readers.tables.read import read_loss_table
from collectors.readers.tables.written import Written
from collectors.readers.text.read_config import read_config
from collectors.readers.text.read_document import read_document

DATA: Final = Path(__file__).resolve().parents[1] / "data"
CSV: Final = b"epoch,train_loss,val_loss\r\n1,0.9,0.8\r\n2,0.5,nan\r\n"
JSONL: Final = b'{"epoch": 1, "train_loss": 0.5}\n{"epoch": 2, "train_loss": NaN}\n'
YAML: Final = b"a: &a {lr: 2e-3}\nb:\n  <<: [*a, {lr: 1}]\n  epochs: 8\nlist: [1, yes, 017]\n"
INDEX: Final = b'{"metadata": {"total_size": 8}, "weight_map": {"a": "m-00001-of-00001.safetensors"}}'


@dataclass(frozen=True)
class Parser:
    """One parser: what takes the bytes, and good files."""

    parse: Callable[[bytes], object]
    seeds: tuple[bytes, ...]


def _handle(read: Callable[..., Any], data: bytes, **options: Any) -> object:
    return read(io.BytesIO(data), len(data), **options)


def _checkpoint(name: str) -> Callable[[bytes], object]:
    return partial(_handle, read_checkpoint, name=name)


def _answer(data: bytes) -> object:
    """What a child says, as its parent believes it or not."""
    try:
        return from_json(EventEvidence, data)
    except ValueError:
        return None


def _in_sound_records(data: bytes) -> object:
    """Any data, cut into records whose checksums hold: chance alone never guesses one. A byte tells each length."""
    framed, at = [], 0
    while at < len(data):
        framed.append(record(data[at + 1 : at + 1 + data[at]]))
        at += 1 + data[at]
    return _handle(read_events, b"".join(framed))


def _unframed(*records: bytes) -> bytes:
    return b"".join(bytes([len(one)]) + one for one in records)


def _pickle(data: bytes) -> object:
    """A checkpoint's pickle without the archive around it."""
    with suppress(PickleProblem):
        return read_torch_pickle(data, FindingList(), "data.pkl")
    return None


def _pickle_in(name: str) -> bytes:
    with zipfile.ZipFile(DATA / "checkpoints" / name) as archive:
        return next(archive.read(member) for member in archive.namelist() if member.endswith("data.pkl"))


def _log(data: bytes) -> object:
    return read_loss_table(data, written=Written(lines=(r"epoch (?P<epoch>\d+)", r"loss[ =:]+(?P<train_loss>\S+)")))


def _npz(**arrays: Any) -> bytes:
    made = io.BytesIO()
    np.savez(made, **arrays)
    return made.getvalue()


def _torch(name: str) -> bytes:
    return (DATA / "checkpoints" / name).read_bytes()


def _columns(data: bytes) -> object:
    return read_loss_table(data, columns=LossColumns(series={"val_loss": ("val_loss", "loss")}))


WANTED: Final = {"score": ["fused_score"], "time": ["timestamp"], "word": ["decision"], "series:a": ["patchtst_score"]}
EVENTS: Final = scalar_file(train_val(range(1, 8)))
PARSERS: Final[Mapping[str, Parser]] = {
    "document": Parser(read_document, (b"train, calibration, normal\n",)),
    "answer": Parser(_answer, (to_json(_handle(read_events, EVENTS)),)),
    "shard_index": Parser(read_shard_index, (INDEX,)),
    "toml": Parser(partial(read_config, name="c.toml"), (b"[a]\nb = [1, 2.5]\nc = 2026-01-01\n",)),
    "scaler": Parser(read_scaler, (b'{"method": "zscore", "center": [1, NaN], "scale": [2, 1e999], "eps": 0}',)),
    "json": Parser(partial(read_config, name="c.json"), (json.dumps({"a": [1, {"b": None}]}).encode(),)),
    "boosters": Parser(_checkpoint("m.ubj"), (ubjson(an_xgboost()), xgboost_json(), lightgbm())),
    "yaml": Parser(partial(read_config, name="c.yaml"), (YAML,)),
    "archive": Parser(partial(_handle, read_archive), (backup_zip(), backup_tar())),
    "safetensors": Parser(_checkpoint("m.safetensors"), (safetensors(),)),
    "dcp": Parser(read_dcp, (dcp_metadata({"w": dcp_tensor((2,))}, [("w", "__0_0.distcp", 0, 8)]),)),
    "keras": Parser(_checkpoint("m.keras"), (keras(),)),
    "scaler_npz": Parser(read_scaler, (_npz(method="zscore", center=np.zeros(2), scale=np.ones(2)),)),
    "log": Parser(_log, (b"[10:00] epoch 1\nloss: 0.5 lr=1e-3\nepoch 2\nloss = nan\n",)),
    "table": Parser(_columns, (CSV, JSONL)),
    "decision_report": Parser(read_report, ((DATA / "decisions/decision_report.json").read_bytes(),)),
    "scores": Parser(
        partial(_handle, read_scores, wanted=WANTED),
        ((DATA / "decisions/decision_events.csv").read_bytes()[:900], b'{"fused_score": 0.5, "decision": "warn"}\n'),
    ),
    "mlflow": Parser(read_mlflow, (lzma.decompress((DATA / "mlflow/mlflow3.db.xz").read_bytes()),)),
    "pickle": Parser(_pickle, (_pickle_in("torch_zip.pt"),)),
    "sound_records": Parser(
        _in_sound_records,
        (
            _unframed(*(event(n, [simple_value("loss/val", 1.0 / n)]) for n in range(1, 12))),
            _unframed(event(0, [session_start({"lr": 0.1, "name": "x", "is": True})])),
        ),
    ),
    "torch": Parser(_checkpoint("m.pt"), (_torch("torch_zip.pt"), _torch("torch_legacy.pt"))),
    "events": Parser(partial(_handle, read_events), (EVENTS,)),
}
"""Name -> parser, those first whose inputs cost little."""
