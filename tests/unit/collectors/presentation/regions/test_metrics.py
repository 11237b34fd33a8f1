"""A metric in words, and the tables of the report: last and best value, and where it was not finite."""

from __future__ import annotations

from support.components import text_of
from support.metric_states import FEW, with_metrics
from support.states import ready_state

from collectors.presentation.markup import to_html
from collectors.presentation.regions.metrics import best_words, last_words, metric_label, metric_tables, odd_words

RUN = with_metrics(FEW, **{"val/acc": {"unit": "%", "label": "Accuracy"}}).metrics["patchtst"]


def test_a_value_has_its_unit_and_the_best_one_its_place() -> None:
    assert (metric_label(RUN, "val/acc"), last_words(RUN, "val/acc")) == ("Accuracy", "0.82 %")
    assert best_words(RUN, "val/acc") == "0.83 % at epoch 6"
    assert (metric_label(RUN, "train/acc"), last_words(RUN, "train/acc")) == ("train/acc", "0.95")


def test_what_has_no_direction_has_no_best_value() -> None:
    assert best_words(RUN, "grad_norm") == ""
    assert odd_words(RUN, "grad_norm") == "NaN since epoch 3 (1 value)"
    assert odd_words(RUN, "val/acc") == ""


def test_a_run_that_was_stored_before_metrics_were_told_is_shown_by_its_names() -> None:
    old = RUN.model_copy(update={"about": {}})

    assert (metric_label(old, "val/acc"), last_words(old, "val/acc")) == ("val/acc", "0.82")
    assert "val/acc 0.82 0.83 at epoch 6" in text_of(metric_tables(old)[1])


def test_there_is_a_table_a_group_with_a_row_a_metric() -> None:
    told = [text_of(one) for one in metric_tables(RUN)]

    assert [words.split(" Metric ")[0] for words in told] == ["train · 1 metric", "val · 1 metric", "other · 1 metric"]
    assert "Accuracy 0.82 % highest 0.83 % at epoch 6" in told[1]
    assert "grad_norm 0.9 NaN since epoch 3 (1 value) –" in told[2]
    assert [to_html(one).count("<path") for one in metric_tables(RUN)] == [1, 1, 1]


def test_a_stream_of_losses_alone_has_no_table() -> None:
    assert metric_tables(ready_state().metrics["patchtst"]) == []
