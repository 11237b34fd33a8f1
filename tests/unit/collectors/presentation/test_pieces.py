"""Small trees from words of the state."""

from __future__ import annotations

import pytest

from collectors.presentation.markup import el, to_html
from collectors.presentation.pieces import coded


@pytest.mark.parametrize(
    ("sentence", "html"),
    [
        ("Keras, because `training.csv`", "<p>Keras, because <code>training.csv</code></p>"),
        ("a name with ` in it", "<p>a name with ` in it</p>"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
    ],
)
def test_what_stands_between_backticks_is_code_and_stays_text(sentence: str, html: str) -> None:
    assert to_html(el("p", coded(sentence))) == html
