"""Windows of motion -> wavelet images: log magnitude of a Morlet transform, by numpy's FFT."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .series import Array

# Angular frequency of the mother wavelet; 6 keeps its mean practically zero.
MORLET_OMEGA = 6.0
CHUNK = 64  # windows transformed at a time, so that memory stays small


@dataclass(frozen=True)
class WaveletImage:
    """How a window becomes a square image.

    Attributes:
        fs: Sampling rate in Hz.
        freq_min: Lowest frequency, in Hz; the first row.
        freq_max: Highest frequency, in Hz; the last row.
        size: Rows (frequencies, evenly spaced in the logarithm) and columns (time) in pixels.
        floor: Added to the magnitude before the logarithm, in the unit of the signal, so that
            sensor noise far below it does not dominate the image.
    """

    fs: float
    freq_min: float
    freq_max: float
    size: int
    floor: float

    def images(self, windows: Array) -> Array:
        """Transform windows (n, channels, rows) into images (n, channels, size, size)."""
        bank = self._bank(2 * (windows.shape[-1] // 2) + windows.shape[-1])
        parts = [self._transform(windows[start : start + CHUNK], bank) for start in range(0, len(windows), CHUNK)]
        return np.concatenate(parts).astype(np.float32)

    def _bank(self, length: int) -> NDArray[np.float32]:
        """Fourier transform of the wavelets, (size, length)."""
        omega = 2 * np.pi * np.fft.fftfreq(length, 1 / self.fs)
        scales = MORLET_OMEGA / (2 * np.pi * np.geomspace(self.freq_min, self.freq_max, self.size))
        response = 2.0 * np.exp(-0.5 * (scales[:, None] * omega - MORLET_OMEGA) ** 2)
        # Only positive frequencies: the result is analytic, its absolute value the envelope.
        return np.asarray(response * (omega > 0), dtype=np.float32)

    def _transform(self, windows: Array, bank: NDArray[np.float32]) -> Array:
        rows = windows.shape[-1]
        centred = windows - windows.mean(-1, keepdims=True)
        # Mirrored edges: a jump from the window's end to its start would ring through the image.
        padded = np.pad(centred, ((0, 0), (0, 0), (rows // 2, rows // 2)), mode="reflect")
        spectrum = np.fft.fft(padded, axis=-1)
        waves = np.fft.ifft(spectrum[..., None, :] * bank, axis=-1)
        envelope = np.abs(waves[..., rows // 2 : rows // 2 + rows])
        return np.asarray(np.log(self._shrink(envelope) + self.floor), dtype=np.float32)

    def _shrink(self, envelope: Array) -> Array:
        """Average neighbouring columns until there are ``size`` of them."""
        edges = np.linspace(0, envelope.shape[-1], self.size + 1).astype(int)
        sums = np.add.reduceat(envelope, edges[:-1], axis=-1)
        return np.asarray(sums / np.diff(edges), dtype=np.float32)
