"""Models, windows, masks and wavelets do what their names say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from examples.reference_pipeline.baselines import interpolate
from examples.reference_pipeline.inference.masks import hide, validation_generator
from examples.reference_pipeline.inference.streams import STREAMS, Stream
from examples.reference_pipeline.inference.swin import from_windows, shift_mask, to_windows
from examples.reference_pipeline.inference.wavelet import WaveletImage
from examples.reference_pipeline.inference.windows import cut, split
from examples.reference_pipeline.trainer import learning_rate

SHAPES = {"patchtst": (3, 6, 320), "swinmae": (3, 3, 64, 64)}

both = pytest.mark.parametrize("name", ["patchtst", "swinmae"])


@pytest.fixture
def stream(quick: Path, name: str) -> Stream:
    """A stream with the config of the finished training."""
    config = yaml.safe_load((quick / f"configs/{name}_ssl_real.yaml").read_text())
    return STREAMS[name](config)


@both
def test_the_model_does_not_look_at_what_is_hidden(stream: Stream, name: str) -> None:
    """Changing hidden values changes nothing; changing seen ones does."""
    torch.manual_seed(0)
    samples = torch.randn(SHAPES[name])
    hidden = stream.hidden(samples, np.random.default_rng(0))
    covered = stream.spread(hidden, samples)
    model = stream.build(SHAPES[name][1]).eval()
    with torch.no_grad():
        plain, spoilt, shifted = (
            model(values, hidden)
            for values in (samples, torch.where(covered, 99.0, samples), torch.where(covered, samples, samples + 1))
        )

    assert plain.shape == samples.shape
    assert torch.equal(plain, spoilt)
    assert not torch.allclose(plain, shifted)


@both
def test_the_error_counts_hidden_values_only(stream: Stream, name: str) -> None:
    """Being wrong by 2 where nothing is hidden costs nothing; by 3 where it is, 9."""
    samples = torch.zeros(SHAPES[name])
    hidden = stream.hidden(samples, np.random.default_rng(0))
    written = torch.where(stream.spread(hidden, samples), 3.0, 2.0)

    assert stream.errors(written, samples, hidden).unique().tolist() == [9.0]


def test_validation_masks_are_fixed() -> None:
    """Two generators give the same masks, with the same number hidden in every row."""
    first, second = (hide((50, 16), 0.4, validation_generator()) for _ in range(2))

    assert (first == second).all()
    assert set(first.sum(axis=-1)) == {6}


def test_parts_share_no_recording() -> None:
    """Of fourteen recordings ten train, two validate and two calibrate."""
    recordings = [np.full((5, 1), number, dtype=np.float32) for number in range(14)]
    parts = {name: {int(piece[0, 0]) for piece in pieces} for name, pieces in split(recordings).items()}

    assert parts["validation"] == {5, 12}
    assert parts["calibration"] == {6, 13}
    assert set.union(*parts.values()) == set(range(14))
    assert sum(map(len, parts.values())) == 14


def test_one_long_recording_is_divided_by_time() -> None:
    """Train comes first, then validation, then calibration; no row is in two of them."""
    parts = split([np.arange(70, dtype=np.float32).reshape(-1, 1)])

    assert [(int(piece[0, 0]), int(piece[-1, 0])) for (piece,) in parts.values()] == [(0, 49), (50, 59), (60, 69)]


def test_no_window_crosses_a_recording() -> None:
    """Every window holds rows of one recording, in order."""
    recordings = [np.arange(start, start + 25, dtype=np.float32).reshape(-1, 1) for start in (0, 1000, 2000)]
    windows = cut(recordings, 10, 5)

    assert windows.shape == (12, 1, 10)
    assert (np.diff(windows, axis=-1) == 1).all()


def test_windows_come_back_from_their_parts() -> None:
    """Cutting a map into windows and putting it together again changes nothing."""
    tokens = torch.randn(2, 8, 12, 5)

    assert torch.equal(from_windows(to_windows(tokens, 4), 4, 8, 12), tokens)


def test_shifted_windows_keep_apart_what_was_wrapped_round() -> None:
    """The first window has no wrapped token, the last one joins four corners that must not meet."""
    mask = shift_mask(8, 4, 2)

    assert mask.shape == (4, 16, 16)
    assert not mask[0].any()
    assert (mask[3] == 0).sum() == 4 * 4 * 4


def test_a_tone_shines_in_the_row_of_its_frequency() -> None:
    """A 4 Hz sine peaks within one row of 4 Hz; the mirrored edges may bend it a little."""
    image = WaveletImage(fs=50.0, freq_min=0.4, freq_max=10.0, size=64, floor=1e-3)
    tone = np.sin(2 * np.pi * 4.0 * np.arange(250) / 50.0, dtype=np.float32).reshape(1, 1, -1)
    rows = image.images(tone)[0, 0].argmax(axis=0)[8:-8]
    frequencies = np.geomspace(0.4, 10.0, 64)

    assert np.abs(np.log(frequencies[rows] / 4.0)).max() < np.log(frequencies[1] / frequencies[0]) * 1.5


def test_interpolation_draws_a_straight_line_through_the_hidden_part() -> None:
    """On a straight series the baseline is perfect."""
    series = torch.arange(12.0).reshape(1, 1, 12)
    hidden = torch.zeros(1, 1, 12, dtype=torch.bool)
    hidden[..., 4:8] = True

    assert torch.equal(interpolate(series, hidden), series)


def test_the_learning_rate_rises_and_falls() -> None:
    """It starts low, reaches the configured rate after the warm-up, and ends near nothing."""
    training = {"lr": 0.01, "warmup_share": 0.1}
    rates = [learning_rate(step, 100, training) for step in range(100)]

    assert rates.index(max(rates)) == 9
    assert max(rates) == pytest.approx(0.01)
    assert rates[0] < 0.002 > rates[-1]
