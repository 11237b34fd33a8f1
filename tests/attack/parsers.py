"""Every parser of foreign bytes, called in this process without the child's limits, and good files to begin with.

Output: `PARSERS`, name -> what takes bytes and must not raise, and its good files.
"""

from __future__ import annotations

import io
import json
import lzma
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from support.build_archives import backup_tar, backup_zip
from support.build_checkpoints import keras, safetensors
from support.build_events import scalar_file, train_val
from support.build_models import an_xgboost, dcp_metadata, dcp_tensor, lightgbm, ubjson, xgboost_json

from collectors.evidence.events import EventEvidence
from collectors.readers.archive.read import read_archive
from collectors.readers.checkpoint.dcp import read_dcp
from collectors.readers.checkpoint.read import read_checkpoint
from collectors.readers.checkpoint.shard_index import read_shard_index
from collectors.readers.child.evidence_json import from_json, to_json
from collectors.readers.events.read import read_events
from collectors.readers.mlflow.read import read_mlflow
from collectors.readers.scaler.read import read_scaler
from collectors.readers.tables.columns import LossColumns
from collectors.readers.tables.read import read_loss_table
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


def _torch(name: str) -> bytes:
    return (DATA / "checkpoints" / name).read_bytes()


def _columns(data: bytes) -> object:
    return read_loss_table(data, columns=LossColumns(series={"val_loss": ("val_loss", "loss")}))


EVENTS: Final = scalar_file(train_val(range(1, 8)))
PARSERS: Final[Mapping[str, Parser]] = {
    "events": Parser(partial(_handle, read_events), (EVENTS,)),
    "torch": Parser(_checkpoint("m.pt"), (_torch("torch_zip.pt"), _torch("torch_legacy.pt"))),
    "safetensors": Parser(_checkpoint("m.safetensors"), (safetensors(),)),
    "keras": Parser(_checkpoint("m.keras"), (keras(),)),
    "boosters": Parser(_checkpoint("m.ubj"), (ubjson(an_xgboost()), xgboost_json(), lightgbm())),
    "dcp": Parser(read_dcp, (dcp_metadata({"w": dcp_tensor((2,))}, [("w", "__0_0.distcp", 0, 8)]),)),
    "shard_index": Parser(read_shard_index, (INDEX,)),
    "archive": Parser(partial(_handle, read_archive), (backup_zip(), backup_tar())),
    "yaml": Parser(partial(read_config, name="c.yaml"), (YAML,)),
    "json": Parser(partial(read_config, name="c.json"), (json.dumps({"a": [1, {"b": None}]}).encode(),)),
    "toml": Parser(partial(read_config, name="c.toml"), (b"[a]\nb = [1, 2.5]\nc = 2026-01-01\n",)),
    "scaler": Parser(read_scaler, (b'{"method": "zscore", "center": [1, NaN], "scale": [2, 1e999], "eps": 0}',)),
    "table": Parser(_columns, (CSV, JSONL)),
    "document": Parser(read_document, (b"train, calibration, normal\n",)),
    "mlflow": Parser(read_mlflow, (lzma.decompress((DATA / "mlflow/mlflow3.db.xz").read_bytes()),)),
    "answer": Parser(_answer, (to_json(_handle(read_events, EVENTS)),)),
}
"""Name -> parser."""
