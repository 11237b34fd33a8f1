"""fairseq 0.12.2: `python ../record.py fairseq`, with `torch` and `fairseq-fixed` 0.12.3.1 (it, for Python 3.11).

`folder`: `fairseq-train` of a tiny language model with `--log-format json`, its output kept in `train.log`
(`date | INFO | train_inner | {json}`, numbers as text), 4 of 4 epochs, `checkpoint1..4`, `_best`, `_last`.
`updates`: ended by `--max-update 30` amid an epoch. Text made here, seed 7.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import torch

LIBRARIES = ("fairseq-fixed", "torch")
RECORDINGS = ("folder", "updates")
ENDS = {"folder": ["--max-epoch", "4"], "updates": ["--max-update", "30", "--max-epoch", "50"]}
ROW = re.compile(r"^\S+ \S+ \| INFO \| (?P<part>train_inner|train|valid) \| (?P<json>\{.*\})$")
MODEL = """--arch transformer_lm --decoder-layers 1 --decoder-embed-dim 8 --decoder-ffn-embed-dim 8
--decoder-attention-heads 1 --decoder-input-dim 8 --decoder-output-dim 8 --share-decoder-input-output-embed"""
LEARNING = """--task language_modeling --optimizer adam --lr 0.05 --max-tokens 128 --tokens-per-sample 16 --seed 7 --cpu
--log-format json --log-interval 5 --save-dir checkpoints --num-workers 0 --validate-interval-updates 0"""


def train(recording: str) -> None:
    """Prepare the text and train in the present folder; the log is what the command prints."""
    draw = random.Random(7)
    words = ["ba", "be", "bi", "bo", "bu"]
    for part, lines in (("train", 120), ("valid", 20)):
        text = [" ".join(draw.choices(words, weights=[5, 3, 2, 1, 1], k=10)) for _ in range(lines)]
        Path(f"{part}.txt").write_text("\n".join(text) + "\n")
    files = ["--trainpref", "train.txt", "--validpref", "valid.txt", "--destdir", "data-bin"]
    command = [sys.executable, "-m", "fairseq_cli.preprocess", "--only-source", *files, "--workers", "1"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    command = [
        sys.executable,
        "-m",
        "fairseq_cli.train",
        "data-bin",
        *MODEL.split(),
        *LEARNING.split(),
        *ENDS[recording],
    ]
    with Path("train.log").open("w") as log:
        subprocess.run(command, check=True, stdout=log, stderr=subprocess.DEVNULL)


def read(recording: str, folder: Path) -> dict[str, object]:
    """Each JSON of the log with its prefix taken off; the checkpoints by torch."""
    series: dict[str, dict[str, object]] = {}
    for line in (folder / "train.log").read_text().splitlines():
        found = ROW.match(line)
        if not found:
            continue
        row = json.loads(found["json"])
        updates = row.get("num_updates") or row.get("train_num_updates") or row.get("valid_num_updates")
        for key in row.keys() - {"epoch", "update"}:
            kept = series.setdefault(f"{found['part']}/{key}", {"file": "train.log", "key": key, "at": []})
            kept["at"].append(int(updates))
            kept.setdefault("epochs", []).append(row["epoch"])
            kept.setdefault("values", []).append(float(row[key]))
    models = []
    for path in sorted(folder.glob("checkpoints/*.pt")):
        held = torch.load(path, weights_only=False)
        place = held["extra_state"]["train_iterator"]
        says = {"epoch": place["epoch"], "updates": held["optimizer_history"][-1]["num_updates"]}
        models.append({"file": path.relative_to(folder).as_posix(), "says": says})
    return {
        "ended": "complete",
        "unit": "update",
        "first": series["train_inner/loss"]["at"][0],
        "last": series["train/train_loss"]["at"][-1],
        "epochs": series["train/train_loss"]["epochs"],
        "total": int(ENDS[recording][1]),
        "total_is_of": "epochs" if recording == "folder" else "updates",
        "total_said_by": f"train.log (the printed configuration) and checkpoints: {ENDS[recording][0]}",
        "series": dict(sorted(series.items())),
        "models": models,
        "judged": "checkpoints/checkpoint_best.pt",
        "best": {
            "at": next(m["says"]["updates"] for m in models if m["file"].endswith("_best.pt")),
            "series": "valid/valid_loss",
            "said_by": "checkpoints/checkpoint_best.pt",
        },
    }
