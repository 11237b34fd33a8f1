"""Hugging Face Trainer: an output folder with `trainer_state.json`, `checkpoint-*` folders and TensorBoard files.

Recognised by a `trainer_state.json` that holds a log history; `checkpoint-N` belongs to the folder above it. Steps end
at `max_steps`. Judged is the folder's own model, else the one it calls best, else the newest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from collectors.numbers import number_words, numbers_in, plural
from collectors.trainers.description import below, config_of, events_of, one_stream, table_of, tags_of
from collectors.trainers.folder import Folder, is_below, join, parent, said
from collectors.trainers.names import metrics_in
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

STATE: Final = "trainer_state.json"
MODELS: Final = (
    "model.safetensors", "pytorch_model.bin", "adapter_model.safetensors", "adapter_model.bin",
    "pytorch_model_fsdp_0",
)  # fmt: skip
"""What the model is called; in several files, their index stands for it."""
WHOLE: Final = ("*.index.json", "*/.metadata")
"""What stands for a model in several files."""
LOSSES: Final = ("train/loss", "eval/loss")
SUMMARY: Final = frozenset({"train_loss", "total_flos"})
"""Of the row that sums up a whole training."""
_CHECKPOINT: Final = re.compile(r"checkpoint-\d{1,12}")
_NUMBER: Final = r'"%s"\s*:\s*(-?\d{1,15}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?)\b'


def recognise(folder: Folder) -> Sequence[Run]:
    """Every output folder that has a trainer's state, in itself or in a checkpoint of it."""
    states: dict[str, list[str]] = {}
    for path in folder.named(STATE):
        head = folder.head(path)
        if b'"log_history"' in head and b'"global_step"' in head:
            states.setdefault(_root_of(path), []).append(path)
    return [_run(folder, root, paths) for root, paths in states.items()]


def _root_of(state: str) -> str:
    """The output folder: a checkpoint belongs to the one above it."""
    place = parent(state)
    return parent(place) if _CHECKPOINT.fullmatch(place.rpartition("/")[2]) else place


def _run(folder: Folder, root: str, states: Sequence[str]) -> Run:
    own = join(root, STATE)
    newest = max(states, key=lambda path: (folder.modified_at(path), path == own, numbers_in(path)))
    checkpoints = len(states) - (own in states)
    return Run(
        root=root,
        because=(said(newest), *([plural(checkpoints, "checkpoint folder")] if checkpoints else [])),
        sure=Sureness.SURE,
        about=_about(folder, newest),
        at=folder.modified_at(newest),
        facts={"state": newest},
    )


def _about(folder: Folder, state: str) -> str:
    steps, epochs = _value(folder, state, "global_step"), _value(folder, state, "epoch")
    return f"{number_words(steps)} steps, {number_words(round(epochs, 3))} epoch{'' if epochs == 1 else 's'}"


def _value(folder: Folder, state: str, name: str) -> float:
    """A number at the top of a state, whose keys are sorted around the log history; 0 where it is not said."""
    pattern = re.compile((_NUMBER % name).encode())
    head = folder.head(state).partition(b'"log_history"')[0]
    found = pattern.search(head) or _last(pattern, folder.tail(state).rpartition(b"]")[2] or folder.tail(state))
    return float(found[1]) if found else 0.0


def _last(pattern: re.Pattern[bytes], text: bytes) -> re.Match[bytes] | None:
    return next(iter(list(pattern.finditer(text))[-1:]), None)


def describe(folder: Folder, run: Run) -> Raw:
    """Its log history, its event files, the model that counts and `max_steps`."""
    state: str | None = run.facts.get("state")
    total = int(_value(folder, state, "max_steps")) if state else 0
    names = _names(folder, state) if state else []
    configs = [join(run.root, "config.json"), *folder.matching(join(run.root, "checkpoint-*/config.json"))]
    return one_stream(
        SPEC.label,
        checkpoint=_checkpoint(folder, run, state),
        table=table_of(_table(run, state), names) if names else {"path": _table(run, state)},
        events=_events(folder, run, names),
        config=config_of(folder, configs),
        completion={"by": "steps", "total": total or "max_steps"},
    )


def _table(run: Run, state: str | None) -> str:
    """The state that is farthest; while it trains, the newest checkpoint's, whichever that is."""
    own = join(run.root, STATE)
    return own if state in (None, own) else join(run.root, "checkpoint-*", STATE)


def _names(folder: Folder, state: str) -> list[str]:
    """What its rows hold, as far as the beginning and the end of the file tell."""
    text = (folder.head(state).partition(b'"log_history"')[2] + folder.tail(state)).partition(b'"logging_steps"')[0]
    found = (name.decode() for name in re.findall(rb'"(\w{1,100})"\s*:\s*[-\dNI]', text))
    return sorted({name for name in found if name not in SUMMARY})


def _events(folder: Folder, run: Run, names: Sequence[str]) -> Raw | None:
    """Event files anywhere in its folder; none where it wrote none, unless it has not begun."""
    found = [path for path in folder.event_files if is_below(path, run.root)]
    tags = tags_of(LOSSES) | {name: [_tag_of(name)] for name in metrics_in(names)}
    return events_of(run.root, tags) if found or not run.facts else None


def _tag_of(name: str) -> str:
    """The Trainer writes what its rows call `eval_accuracy` as `eval/accuracy`, and the rest below `train`."""
    return f"eval/{name.removeprefix('eval_')}" if name.startswith("eval_") else f"train/{name}"


def _checkpoint(folder: Folder, run: Run, state: str | None) -> list[str]:
    """Candidates in order: the folder's own model, the one that it calls best, the newest."""
    newest = [f"checkpoint-*/{name}" for name in (*MODELS[:4], *WHOLE)]
    return below(run.root, *MODELS, "*.index.json", *(_best(folder, run, state) if state else ()), *newest)


def _best(folder: Folder, run: Run, state: str) -> list[str]:
    """The checkpoint that the state calls best, by its name: it was trained in another place, or this one. One that
    holds no model, such as the parts of DeepSpeed alone, is none."""
    found = re.search(rb'"best_model_checkpoint"\s*:\s*"([^"\\]{1,1000})"', folder.head(state))
    name = found[1].decode("utf-8", "replace").rstrip("/").rpartition("/")[2] if found else ""
    is_one = _CHECKPOINT.fullmatch(name) is not None
    return [name] if is_one and folder.matching(*below(join(run.root, name), *MODELS, *WHOLE)) else []


SPEC = TrainerSpec(
    id="huggingface",
    label="Hugging Face Trainer",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="`trainer_state.json` with a log history, in the folder or in `checkpoint-*`",
        reads="log history (train, eval; the summary row says the end), event files, `max_steps`, `config.json`",
        judged="the folder's own model, else `best_model_checkpoint`, else the newest; sharded whole",
        proven="recorded with transformers 5",
        opaque="`training_args.bin`, `optimizer.pt`, `scheduler.pt`, `rng_state.pth`",
    ),
)
