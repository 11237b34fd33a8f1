"""A config against the one its checkpoint keeps, against what was trained, and against its run's end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.gathered import at, good, patchtst, reread, unread, with_progress, with_rules, with_stream

from collectors.contract.values import Status
from collectors.judge.findings.config_says import (
    find_config_rewritten,
    find_config_says,
    find_epochs_beyond,
    is_same,
)
from collectors.training.completion import Target
from collectors.training.evidence import WorkspaceEvidence

CKPT, CFG, CSV = (
    "checkpoints/patchtst_ssl.pt",
    "configs/patchtst_ssl_real.yaml",
    "artifacts/loss/patchtst_loss_history.csv",
)


def keeping(**changes: Any) -> WorkspaceEvidence:
    """PatchTST's checkpoint keeps these values below `config`; `__` stands for a dot."""
    assert patchtst().checkpoint is not None and patchtst().checkpoint.evidence is not None  # type: ignore[union-attr]
    scalars = {f"config.{key.replace('__', '.')}": value for key, value in changes.items()}
    return with_stream(good(), checkpoint=reread(patchtst().checkpoint, scalars=scalars))  # type: ignore[arg-type]


def told(seen: WorkspaceEvidence) -> list[str]:
    return [found.text for found in find_config_says(seen)]


def test_a_value_that_differs_is_told_with_both_files_and_both_values() -> None:
    (found,) = find_config_says(keeping(training__lr=5.0, training__epochs=8, device__amp=True))

    assert (found.path, found.stream, found.level) == (CFG, "patchtst", None)
    assert found.text == (
        f"patchtst: {CFG} is not what {CKPT} was trained with: "
        "`training.lr` is 0.002, it was 5, `device.amp` is false, it was true"
    )


def test_what_only_one_of_them_says_or_is_no_plain_value_is_not_compared() -> None:
    assert told(keeping(training__warmup=5, data=3, other__key="x")) == []
    assert told(with_stream(keeping(training__lr=5.0), checkpoint=unread(patchtst().checkpoint))) == []  # type: ignore[arg-type]
    assert told(with_stream(keeping(training__lr=5.0), config=None)) == []


def test_a_path_that_is_another_warns_and_is_not_shown() -> None:
    (found,) = find_config_says(keeping(data__path="elsewhere/*.csv"))

    assert found.level == "warn"
    assert found.text.endswith("was trained with: `data.path` differs")
    assert [f.level for f in find_config_says(keeping(data__path="elsewhere/*.csv", training__lr=1.0))] == [None]


def test_a_resumed_training_may_have_gone_on_with_another_config() -> None:
    seen = keeping(training__epochs=4)
    run = seen.of("patchtst").run
    assert run is not None

    again = with_stream(seen, run=replace(run, files=(*run.files, *run.files)))

    assert [f.level for f in find_config_says(again)] == ["warn"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (0.002, "2e-3", True),
        (8, 8.0, True),
        (True, "True", True),
        (0.002, 0.0020001, False),
        (False, "no", False),
        ("zscore", "Zscore", True),
        ("data/fdc/*.csv", "/mnt/disk/data/fdc/*.csv", True),
        ("./data/x.csv", "data/x.csv", True),
        ("data/a.csv", "data/b.csv", False),
        (10**400, 1.0, False),
        ("nan", float("nan"), True),
    ],
)
def test_values_that_mean_the_same(one: Any, other: Any, same: bool) -> None:
    assert is_same(one, other) is same


def beyond(count: int, **completion: Any) -> WorkspaceEvidence:
    """Eight epochs were trained, of so many."""
    seen = with_rules(good(), completion={"total": "training.epochs", **completion})
    return with_progress(seen, target=Target("epoch", count))


def test_more_epochs_than_the_whole_are_told_where_the_description_says_that_it_is_the_whole() -> None:
    (found,) = find_epochs_beyond(beyond(4, whole=True))

    assert found.text == f"patchtst: `training.epochs` in {CFG} says 4 epochs, but {CSV} holds 8"
    assert list(find_epochs_beyond(beyond(8, whole=True))) == []
    assert list(find_epochs_beyond(beyond(4))) == []
    assert list(find_epochs_beyond(with_progress(beyond(4, whole=True), status=Status.RUNNING))) == []


def test_a_total_that_stands_in_the_description_is_told_as_its() -> None:
    (found,) = find_epochs_beyond(beyond(4, whole=True, total=4))

    assert "the description says 4 epochs" in found.text


@pytest.mark.parametrize(("after", "is_told"), [(-40.0, False), (59.0, False), (61.0, True), (86_400.0, True)])
def test_a_config_that_was_written_after_the_end_is_told(after: float, is_told: bool) -> None:
    run, config = patchtst().run, patchtst().config
    assert run is not None and config is not None

    found = list(find_config_rewritten(with_stream(good(), config=at(config, run.last_at + after))))

    assert [f.path for f in found] == ([CFG] if is_told else [])
    if after == 61.0:
        assert found[0].text == (
            f"patchtst: {CFG} was written at 2023-11-14 22:14:53 UTC, 61 s after its run had ended "
            "(2023-11-14 22:13:52 UTC)"
        )


def test_where_times_were_lost_nothing_is_said_of_them() -> None:
    run, config = patchtst().run, patchtst().config
    assert run is not None and config is not None
    late = with_stream(good(), config=at(config, run.last_at + 900))

    assert list(find_config_rewritten(with_stream(late, times_trusted=False))) == []
    assert list(find_config_rewritten(with_stream(late, run=None))) == []
    assert list(find_config_rewritten(with_stream(late, config=at(config, None)))) == []
