"""Losses that contradict each other, are odd or incomplete, policies without prose and outcomes nobody believes."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import yaml
from control_rows import reference
from meaning_case import Make, Meaning
from meaning_rows import EPOCHS, also, logged, with_rows
from series_rows import one_file
from support.breakages import CFG, CKPT, POLICY, TABLE
from support.build_checkpoints import Numbers, a_model, a_value, torch_zip, weights
from support.build_events import event, header, record, simple_value
from support.foreign import TRAIN, VAL, Foreign, both, falling_at, series
from support.workspaces import Stream, event_path, falling, write, write_backup

Streams = tuple[Stream, Stream]
Change = Callable[[Path, Streams], object]
Points = Sequence[tuple[float, float | None, float | None]]
"""Epoch, training and validation loss of each row; None where there is none."""


def rewritten(path: str, text: str | Callable[[str], str]) -> Change:
    """One file with other contents under its old time."""

    def apply(root: Path, _: Streams) -> None:
        target = root / path
        when, old = target.stat().st_mtime, target.read_bytes().decode()
        write(target, text(old) if callable(text) else text, when)

    return apply


def points_of(val: Sequence[float], train: Sequence[float] | None = None) -> list[tuple[float, float, float]]:
    """Both losses of each epoch, from 1."""
    return [(n, train[n - 1] if train else v * 1.1, v) for n, v in enumerate(val, 1)]


def cells(points: Points) -> str:
    """A table of them."""
    rows = [",".join("" if cell is None else repr(cell) for cell in row) for row in points]
    return "\r\n".join(["epoch,train_loss,val_loss", *rows, ""])


def table(points: Points) -> Change:
    """PatchTST's table holds these."""
    return rewritten(TABLE, cells(points))


def events(points: Points) -> Change:
    """PatchTST's event file holds these, each at the time of its epoch."""

    def apply(root: Path, streams: Streams) -> None:
        s, out = streams[0], [header(streams[0].start)]
        for epoch, *values in points:
            held = zip((TRAIN, VAL), values, strict=True)
            at = s.start + s.gap * epoch
            out += [record(event(int(epoch), [simple_value(tag, v)], at)) for tag, v in held if v is not None]
        write(root / event_path(s), b"".join(out), s.start + s.gap * points[-1][0])

    return apply


def twice(points: Points) -> Make:
    """The reference pipeline whose table and events both hold these, and whose checkpoint says the best of them."""
    return reference(every(table(points), events(points), best_of(points)))


def best_of(points: Points) -> Change:
    """PatchTST's checkpoint, and its copy in the backup, are of the best of these."""
    epoch, _, loss = min((p for p in points if p[2] is not None), key=lambda p: p[2] or 0.0)

    def apply(root: Path, streams: Streams) -> None:
        numbers, when = Numbers(), (root / CKPT).stat().st_mtime
        model = {"input_proj.weight": weights(1, (48, 16)), "head.weight": weights(2, (2, 8))}
        says = {"epoch": int(epoch), "val_loss": loss, "config": yaml.safe_load((root / CFG).read_text())}
        write(root / CKPT, torch_zip(a_value(numbers, model) | says, numbers, root="patchtst_ssl"), when)
        write_backup(root, streams, streams[1].end + 5)

    return apply


def every(*changes: Change) -> Change:
    """One after the other."""
    return lambda root, streams: [change(root, streams) for change in changes]


def status(after: float | datetime, **fields: object) -> Change:
    """`run_status.json` of PatchTST, so long after its last epoch, or of that instant."""

    def apply(root: Path, streams: Streams) -> None:
        at = after if isinstance(after, datetime) else datetime.fromtimestamp(streams[0].end + after, UTC)
        write(root / "run_status.json", json.dumps({"stream": "patchtst", "updated_at": at.isoformat(), **fields}))

    return apply


def stopped(after: int, *more: Change) -> Make:
    """PatchTST broke off after some epochs, and its table ends there too."""
    points = points_of(falling(8)[:after])
    return reference(every(table(points), events(points), best_of(points), *more))


def rising(**says: object) -> Make:
    """A training that is best at epoch 2 of 8, and a checkpoint written at its end that says this."""

    def make(f: Foreign) -> None:
        one_file([(n, {TRAIN: 0.9 * 0.8**n, VAL: 0.4 + 0.05 * n if n > 1 else 0.9}) for n in range(1, 9)], 8)(f)
        numbers = Numbers()
        f.put("best.pt", torch_zip({"model": numbers.add_all(a_model()), **says}, numbers), 0.5)

    return make


def metrics(values: Mapping[str, Callable[[int], float]]) -> list[tuple[int, dict[str, float]]]:
    """Ten epochs of these tags."""
    return [(n, {tag: of(n) for tag, of in values.items()}) for n in range(1, 11)]


def without_losses(*more: Make) -> Make:
    """A training whose description names losses and whose event file holds the learning rate alone."""

    def make(f: Foreign) -> None:
        f.events(tags={"train_loss": TRAIN, "val_loss": VAL, "lr": "lr"}, **EPOCHS)
        f.log(series("lr", range(1, 11)))
        f.total(10)

    return also(make, *more)


def beside(rows: Sequence[tuple[float, ...]], **settings: object) -> Make:
    """Ten epochs of events and this table."""
    return also(one_file(both(range(1, 11))), with_rows(rows, "epoch", "train_loss", "val_loss", **settings))


def honest(n: int) -> tuple[float, float, float]:
    """A row of what the events hold."""
    return n, falling_at(n), falling_at(n, factor=1.25)


VALUES = points_of(falling(8))
READY, EIGHT, CSV = "ready", "epoch 8 of 8, completed", "artifacts/loss/patchtst_loss_history.csv"
EVENTS = "runs/patchtst_ssl/events.out.tfevents"
ODD = "does not hold the losses of its event files"

# fmt: off
BOTH = [
    Meaning("one value of the table changed", reference(table([(n, t, 0.5 if n == 3 else v) for n, t, v in VALUES])), "9 fail", f"{CSV} {ODD}: val_loss at epoch 3 is 0.5 there and 0.81 | in {EVENTS} | 1 of 16 values of val_loss differ (table_and_events)", "the last digit counts"),
    Meaning("one value of the table changed by a thousandth", reference(table([(n, t, v * 1.0008 if n == 8 else v) for n, t, v in VALUES])), "9 fail", "1 of 16 values", "the reference writes all digits"),
    Meaning("one value of the events changed", reference(events([(n, t * 2 if n == 5 else t, v) for n, t, v in VALUES])), "9 fail", f"train_loss at epoch 5 is | in {EVENTS}", ""),
    Meaning("a table of other numbers, which should be the same", reference(table(points_of(falling(8, 3.0)))), "9 fail", f"{CSV} {ODD}: train_loss at epoch 1 is 3.3 there and 1.1 | no other of 16 agrees: it is of another run or stream", ""),
    Meaning("another trainer's table of other numbers", beside([(n, 3.0 / n, 4.0 / n) for n in range(1, 11)]), "9 skip", f"log.csv {ODD}: train_loss at epoch 1 is 3 there and 0.3433 | no other of 20 agrees; nothing says whether it should | same_as_events: true", "it may hold the mean of each epoch"),
    Meaning("another trainer's table of other numbers, which should be the same", beside([(n, 3.0 / n, 4.0 / n) for n in range(1, 11)], same_as_events=True), "9 fail", f"log.csv {ODD} | it is of another run or stream", "its description says so"),
    Meaning("another trainer's table, some values changed", beside([honest(n) if n < 8 else (n, 0.05, 0.06) for n in range(1, 11)]), "9 fail", f"log.csv {ODD}: train_loss at epoch 8 is 0.05 there and 0.1 | 6 of 20 values of train_loss, val_loss differ", "most agree to the last digit: they are one quantity"),
    Meaning("values that differ at a step", also(logged(both(range(20, 101, 20)), 5), with_rows([(e, 20 * e, falling_at(20 * e), 0.7 if e == 2 else falling_at(20 * e, factor=1.25)) for e in range(1, 6)], "epoch", "step", "train_loss", "val_loss")), "9 fail", "val_loss at step 40 is 0.7 there", "by step where both have one"),
    Meaning("control: the table as the reference writes it", reference(table(VALUES)), READY, f"{EIGHT} | not: {ODD}", ""),
    Meaning("control: the reference's table in four digits", reference(table([(n, round(t, 4), round(v, 4)) for n, t, v in VALUES])), READY, f"{EIGHT} | not: {ODD}", "printed precision"),
    Meaning("control: the reference's table from epoch 0", reference(table([(n - 1, t, v) for n, t, v in VALUES])), READY, f"{EIGHT} | not: {ODD}", "two counts of the same epochs"),
    Meaning("control: a training loss of another kind beside the same validation", beside([(n, 2 * falling_at(n), falling_at(n, factor=1.25)) for n in range(1, 11)]), READY, f"[warning: net: log.csv {ODD}: train_loss at epoch 1 is", "the mean of an epoch beside its last batch"),
    Meaning("control: other numbers, and the description says that they are", also(beside([(n, 3.0 / n, 4.0 / n) for n in range(1, 11)]), lambda f: f.whole.update(checks={"table_and_events": {"level": "off", "reason": "the table holds sums"}})), READY, f"not: {ODD}", "a level with a reason"),
]

HOLES = [
    Meaning("two epochs missing in the table", reference(table([p for p in VALUES if p[0] not in {4, 5}])), READY, f"{CSV} holds 6 of 8 points of train_loss by its own stride of 1 epoch: epochs 4, 5 are missing (epochs_missing)", "said, and no fault"),
    Meaning("an epoch missing in the events", reference(events([p for p in VALUES if p[0] != 4])), READY, "holds 7 of 8 points of train_loss by its own stride of 1 epoch: epoch 4 is missing", ""),
    Meaning("the first epochs missing in the table", reference(table(VALUES[3:])), READY, f"{CSV} holds 5 of 8 points of train_loss by its own stride of 1 epoch: epochs 1, 2, 3 are missing", ""),
    Meaning("validation stops at epoch 4", twice([(n, t, v if n < 5 else None) for n, t, v in VALUES]), READY, f"{CSV}: val_loss stops at epoch 4, train_loss goes on to epoch 8 (validation_stops)", ""),
    Meaning("a table of one row", reference(table(VALUES[-1:])), READY, f"{CSV} holds one row (epoch 8), and {EVENTS} | holds 8 (one_row)", ""),
    Meaning("a table of one row and events of one epoch", twice(VALUES[-1:]), READY, f"{CSV} holds one row (epoch 8), though 8 epochs were to be trained", ""),
    Meaning("events that end at epoch 3", reference(events(VALUES[:3])), READY, f"ends at epoch 3, {CSV} at epoch 8 (events_end_early)", ""),
    Meaning("an empty cell", reference(table([(n, t, None if n == 5 else v) for n, t, v in VALUES])), "8 skip", f"{CSV}: val_loss is empty at epoch 5, and full in 7 other rows (empty_cell)", ""),
    Meaning("an empty cell in the last row", reference(table([(n, t, None if n == 8 else v) for n, t, v in VALUES])), "8 skip", "val_loss is empty at epoch 8, and full in 7 other rows", "the value that counts most"),
    Meaning("control: every second epoch is logged", twice([p for p in VALUES if p[0] % 2 == 0]), READY, f"{EIGHT} | not: missing | not: empty", "a stride of its own"),
    Meaning("control: validated every second epoch", twice([(n, t, v if n % 2 == 0 else None) for n, t, v in VALUES]), READY, f"{EIGHT} | not: missing | not: empty | not: stops", ""),
    Meaning("control: validated every third epoch, not in the last", twice([(n, t, v if n % 3 == 0 else None) for n, t, v in VALUES]), READY, f"{EIGHT} | not: missing | not: empty | not: stops", "the next one was not due"),
    Meaning("control: validated before the first epoch", twice([(0, None, 1.2), *VALUES]), READY, f"{EIGHT} | not: missing | not: empty", "a sanity check"),
    Meaning("control: evaluated once more at the end", twice([*VALUES, (9, None, 0.6)]), READY, f"{EIGHT} | not: empty", "a row of validation alone is no hole in the training"),
]

ODD_LOSSES = [
    Meaning("the event file holds no loss", without_losses(), "3 fail", "no loss was recorded: tb/events.out.tfevents | holds none of `loss/train`, `loss/val`; what is there: lr (no_loss)", "README 3: at least one loss record"),
    Meaning("neither event file nor table holds a loss", without_losses(with_rows([(n, 0.1 * n) for n in range(1, 11)], "epoch", "val_acc", columns={"val_acc": "val_acc"})), "3 fail", "log.csv holds no train_loss, val_loss", ""),
    Meaning("control: the table holds the losses", without_losses(with_rows([honest(n) for n in range(1, 11)], "epoch", "train_loss", "val_loss")), READY, "not: no loss was recorded", ""),
    Meaning("control: a training of rewards", also(lambda f: f.events(tags={"reward": "rollout/ep_rew_mean"}, **EPOCHS), lambda f: f.log(metrics({"rollout/ep_rew_mean": lambda n: n / 3})), lambda f: f.total(10)), READY, "not: no loss was recorded", "no loss is configured"),
    Meaning("validation that repeats the training", twice([(n, v, v) for n, _, v in VALUES]), "8 fail", f"{CSV}: val_loss equals train_loss in 6 digits at 8 epochs (1, ...) (val_equals_train)", ""),
    Meaning("validation that repeats the training in six digits", twice([(n, v * (1 + 1e-7), v) for n, _, v in points_of([0.123456789 + 0.1 / n for n in range(1, 9)])]), "8 fail", "val_loss equals train_loss in 6 digits at 8 epochs", ""),
    Meaning("control: validation near the training", twice([(n, v * (1 + 1e-4), v) for n, _, v in VALUES]), READY, f"{EIGHT} | not: equals", "a good fit"),
    Meaning("control: both constant", twice([(n, 0.693147, 0.693147) for n in range(1, 9)]), READY, f"{EIGHT} | not: equals", "it learnt nothing, and nothing was copied"),
    Meaning("control: both in two digits", twice([(n, round(v, 2), round(v, 2)) for n, _, v in VALUES]), READY, f"{EIGHT} | not: equals", "rounded they may be one"),
    Meaning("validation of exactly 0", twice([(n, t, 0.0) for n, t, _ in VALUES]), "8 fail", f"{CSV}: val_loss is exactly 0 in its first and in every other of 8 records (val_zero)", ""),
    Meaning("control: validation that reaches 0", twice([(n, t, v if n < 8 else 0.0) for n, t, v in VALUES]), READY, f"{EIGHT} | not: exactly 0", ""),
    Meaning("a loss that grows a million times", twice(points_of([0.5 * 10**n for n in range(8)])), "8 fail", f"{CSV}: train_loss begins at 0.55 and ends at 5,500,000 (loss_explodes)", "it diverged, and every number is finite"),
    Meaning("control: a loss that grows a hundred thousand times", twice(points_of([0.5 * 5**n for n in range(8)])), READY, f"{EIGHT} | not: begins at", ""),
    Meaning("control: a loss below 0 that grows", twice(points_of([-1.0, *(0.5 * 10**n for n in range(7))])), READY, f"{EIGHT} | not: begins at", "a log-likelihood crosses 0"),
    Meaning("validation rises and the last weights are kept", rising(epoch=8), READY, "val_loss rises from 0.5 at epoch 2 to 0.8 at epoch 8, and best.pt holds the weights of epoch 8 (val_rises)", "over-fitted, and said by the checkpoint"),
    Meaning("validation rises and the checkpoint was written at the end", rising(), READY, "val_loss rises from 0.5 at epoch 2 to 0.8 at epoch 8, and best.pt was written at the end", "it does not say of which epoch it is"),
    Meaning("control: validation rises and the best weights are kept", rising(epoch=2), READY, f"{EIGHT} | not: val_rises", ""),
    Meaning("control: validation falls to the end", reference(), READY, f"{EIGHT} | not: val_rises", ""),
]

POLICIES = [
    Meaning("policy in an HTML comment", reference(rewritten(POLICY, "# Split policy\n\n<!-- train, calibration, normal -->\nTo be written. Nobody has decided. Ask again.\n")), "7 fail", f"{POLICY} does not speak of train, calibration, normal: train, calibration, normal stands in comments or code only", ""),
    Meaning("policy in a comment that is never closed", reference(rewritten(POLICY, "# Split policy\n\nTo be written.\n<!-- train, calibration, normal\n")), "7 fail", "does not speak of train, calibration, normal", ""),
    Meaning("policy in a code fence", reference(rewritten(POLICY, "# Policy\n\nSee below. It is split. That is all.\n\n```python\ntrain, calibration, normal = split(data)\n```\n")), "7 fail", "does not speak of train, calibration, normal", ""),
    Meaning("policy in inline code", reference(rewritten(POLICY, "# Policy\n\nSee `split(train, calibration, normal)`. It is split there. That is all.\n")), "7 fail", "does not speak of train, calibration, normal", ""),
    Meaning("policy of parts of other words", reference(rewritten(POLICY, "We constrain the trainee. Normalization and recalibration follow. Abnormal windows stay.\n")), "7 fail", "does not speak of train, calibration, normal", ""),
    Meaning("policy that is to be written", reference(rewritten(POLICY, "TODO: train, calibration, normal\n")), READY, f"{POLICY} has 1 sentence, and a split takes 3 at least to describe (short_policy)", "its words are there"),
    Meaning("control: policy of inflected words", reference(rewritten(POLICY, "# Split\n\nWe trained on the first 80 %.\nThresholds were calibrated on later windows. Normal's what the operator confirmed.\n")), READY, "not: short_policy", ""),
    Meaning("control: policy with code beside its prose", reference(rewritten(POLICY, lambda old: f"{old}\n```sh\npython split.py --train 0.8\n```\n<!-- reviewed -->\n")), READY, "not: short_policy", ""),
    Meaning("control: policy as a table", reference(rewritten(POLICY, "| part | rows |\n|---|---|\n| training | first 80 % |\n| calibration | later, normal only |\n| test | none of these |\n")), READY, "not: short_policy", ""),
]

CENTURY = datetime(2099, 1, 1, tzinfo=UTC)
STATUS = [
    Meaning("completed at epoch 2 of 8", stopped(2, status(-20, outcome="completed", epoch=2, epochs=8)), "8 fail", "patchtst: epoch 2 of 8, then silent | run_status.json says `completed` at epoch 2 of 8: it is not believed (run_status)", "the losses say otherwise"),
    Meaning("completed at epoch 8, and the losses end at 2", stopped(2, status(-20, outcome="completed", epoch=8, epochs=8)), "8 fail", "patchtst: epoch 2 of 8, then silent | says `completed` at epoch 8 of 8, and its losses end at epoch 2", ""),
    Meaning("completed, and the losses end at 2", stopped(2, status(-20, outcome="completed")), "8 fail", "says `completed`, and the losses end at epoch 2 of 8: it is not believed", ""),
    Meaning("completed in 2099", stopped(5, status(CENTURY, outcome="completed", epoch=5, epochs=8)), "8 fail", "patchtst: epoch 5 of 8, then silent | says `completed` at 2099-01-01 00:00:00 UTC, which is still to come", ""),
    Meaning("stopped early in 2099", stopped(5, status(CENTURY, outcome="early_stopped", epoch=5, epochs=8)), "8 fail", "says `early_stopped` at 2099-01-01 00:00:00 UTC, which is still to come", ""),
    Meaning("stopped early at epoch 2, and the losses go on to 5", stopped(5, status(0, outcome="early_stopped", epoch=2, epochs=8)), "8 fail", "says `early_stopped` at epoch 2 of 8, and its losses end at epoch 5", "of a run before"),
    Meaning("control: completed at epoch 8 of 8", reference(status(1, outcome="completed", epoch=8, epochs=8)), READY, f"{EIGHT} | not: run_status", ""),
    Meaning("control: completed, counted from 0", reference(status(1, outcome="completed", epoch=7, epochs=8)), READY, f"{EIGHT} | not: run_status", ""),
    Meaning("control: stopped early at epoch 5", stopped(5, status(0, outcome="early_stopped", epoch=5, epochs=8)), READY, "patchtst: epoch 5 of 8, stopped early | not: run_status", ""),
    Meaning("control: whole, and its heartbeat of 2099", reference(status(CENTURY, outcome="completed", epoch=8, epochs=8)), READY, f"{EIGHT} | which is still to come", "its losses say it themselves"),
]
# fmt: on
ROWS = [*BOTH, *HOLES, *ODD_LOSSES, *POLICIES, *STATUS]
