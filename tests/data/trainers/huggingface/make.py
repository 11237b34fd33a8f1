"""Makes the folders beside it: `python ../record.py huggingface`.

Made with transformers 5.24.0, accelerate 1.15.0, torch 2.13.0 and tensorboard 2.21.0, on a CPU, seed 0, a BERT of a
thousand numbers on random tokens: nothing is downloaded.
`folder`: 6 of 6 epochs, evaluated and saved each epoch, the best loaded at the end, then what the library's own example
scripts call last (`save_model`, `save_metrics`, `save_state`, `evaluate`). `killed`: SIGKILL in step 72 of 160.
`resumed`: the same folder, trained on from its newest checkpoint to the end. `early_stopped`: `EarlyStoppingCallback`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from trainers.events import event_series
from trainers.record import ROOM
from trainers.recording import kill_now, points, rows_series
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    EarlyStoppingCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

LIBRARIES = ("transformers", "torch", "accelerate", "tensorboard")
VOCABULARY, LENGTH, BATCH, BATCHES = 16, 4, 8, 20
KILL_IN_STEP = 72
ENDED = {"folder": "complete", "killed": "killed", "resumed": "complete", "early_stopped": "early stopped"}
CONTINUES = ("resumed",)


class Tokens(torch.utils.data.Dataset[dict[str, Any]]):
    """Random sentences; the label is whether the first word is of the upper half, wrong for one in five."""

    def __init__(self, count: int, seed: int) -> None:
        dice = np.random.default_rng(seed)
        self.words = dice.integers(0, VOCABULARY, (count, LENGTH))
        self.labels = (self.words[:, 0] >= VOCABULARY // 2) ^ (dice.random(count) < 0.2)

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return {"input_ids": torch.tensor(self.words[index]), "labels": torch.tensor(int(self.labels[index]))}


class Kill(TrainerCallback):
    """Ends the process in the middle of a step."""

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == KILL_IN_STEP:
            kill_now()


def accuracy(found: Any) -> dict[str, float]:
    """Share of right answers."""
    return {"accuracy": float((found.predictions.argmax(-1) == found.label_ids).mean())}


def trainer(epochs: int, stride: int, *callbacks: Any, folder: Path = ROOM) -> Trainer:
    """A model and the trainer as the examples set it up."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=LENGTH,
    )
    arguments = TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=epochs,
        per_device_train_batch_size=BATCH,
        learning_rate=0.01,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        logging_steps=stride,
        report_to=["tensorboard"],
        use_cpu=True,
        seed=0,
        disable_tqdm=True,
    )
    return Trainer(
        model=BertForSequenceClassification(config),
        args=arguments,
        train_dataset=Tokens(BATCHES * BATCH, seed=1),
        eval_dataset=Tokens(5 * BATCH, seed=2),
        compute_metrics=accuracy,
        callbacks=list(callbacks),
    )


def finish(its: Trainer, *, resume: bool = False) -> None:
    """Train, and leave what the library's example scripts leave."""
    result = its.train(resume_from_checkpoint=resume or None)
    its.save_model()
    its.save_metrics("train", result.metrics)
    its.save_state()
    its.save_metrics("eval", its.evaluate())


def train(name: str) -> None:
    """One recording, in the present folder."""
    if name == "folder":
        finish(trainer(6, 7))  # 120 steps: the last record by stride is 119
    elif name == "killed":
        trainer(8, 5, Kill()).train()
    elif name == "resumed":
        finish(trainer(8, 5), resume=True)
    elif name == "early_stopped":
        finish(trainer(30, 5, EarlyStoppingCallback(early_stopping_patience=3)))


def read(_name: str, _folder: Path) -> dict[str, Any]:
    """What the newest `trainer_state.json` and the event files hold."""
    found = sorted(ROOM.rglob("trainer_state.json"), key=lambda path: path.stat().st_mtime)
    states = {path.relative_to(ROOM).as_posix(): json.loads(path.read_text()) for path in found}
    name, state = list(states.items())[-1]
    rows = rows_series(name, state["log_history"], "step", "epoch")
    losses = points(rows, "loss")
    best = Path(state["best_model_checkpoint"]).relative_to(ROOM).as_posix()
    return {
        "unit": "step",
        "first": losses[0][0],
        "last": losses[-1][0],
        "total": state["max_steps"],
        "total_said_by": f"{name}: max_steps",
        "global_step": state["global_step"],
        "epoch": state["epoch"],
        "epochs": state["num_train_epochs"],
        "should_training_stop": state["stateful_callbacks"]["TrainerControl"]["args"]["should_training_stop"],
        "best": {
            "column": "eval_loss",
            "value": state["best_metric"],
            "at": state["best_global_step"],
            "better": "lower",
            "said_by": f"{name}: best_metric",
            "checkpoint": best,
        },
        "checkpoints": {path: its["global_step"] for path, its in states.items()},
        "judged": "model.safetensors" if (ROOM / "model.safetensors").exists() else f"{best}/model.safetensors",
        "series": rows | event_series(ROOM),
    }
