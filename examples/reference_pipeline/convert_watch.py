"""seglearn's watch recordings -> the four ``.npz`` files in ``data/``; run once, by hand.

``python -m examples.reference_pipeline.convert_watch watch_dataset.npy`` reads the file inside the
seglearn 1.2.5 wheel. That file is a pickle, so it is opened only if its SHA-256 is the known one,
and with nothing but numpy's array types allowed; the pipeline itself never opens a pickle.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parent / "data"
KNOWN_SHA256 = "eb122f23cdf06ef6bd6c6c5312958ec5cf9d038e2e6d457b8081662c75a42537"
HEADER_BYTES = 128  # of the .npy format, before the pickle begins
FS_HZ = 50.0
# Volunteers (numbers of the study) of each file; no one is in two files.
FILES = {
    "fdc/watch_a.npz": (1, 3),
    "fdc/watch_b.npz": (2, 5),
    "vib/watch_c.npz": (8, 9),
    "vib/watch_d.npz": (7, 10),
}
CHANNELS = ("ax", "ay", "az", "wx", "wy", "wz")
AXES = 3  # the vibration stream takes the acceleration only
# One step of the stored integers: 0.001 g or 0.001 rad/s, far below the sensor's own noise.
STEP = 0.001


class ArraysOnly(pickle.Unpickler):
    """An unpickler that builds numpy arrays and refuses everything else."""

    ALLOWED = frozenset({"_reconstruct", "ndarray", "dtype", "encode"})

    def find_class(self, module: str, name: str) -> Any:
        """Give one of the allowed types."""
        if name not in self.ALLOWED or not module.startswith(("numpy", "_codecs")):
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        module = module.replace("numpy.core", "numpy._core")
        return super().find_class(module, name)


def main(argv: Sequence[str] | None = None) -> int:
    """Convert the file named on the command line; 0 when done, 2 when it is not the known one."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if len(arguments) != 1:
        print("usage: python -m examples.reference_pipeline.convert_watch watch_dataset.npy")
        return 2
    raw = Path(arguments[0]).read_bytes()
    if hashlib.sha256(raw).hexdigest() != KNOWN_SHA256:
        print(f"{arguments[0]}: expected the watch_dataset.npy of seglearn 1.2.5, found another file")
        return 2
    data = ArraysOnly(io.BytesIO(raw[HEADER_BYTES:]), encoding="latin1").load()
    data = data.item() if isinstance(data, np.ndarray) else data
    for name, subjects in FILES.items():
        write(DATA / name, data, subjects)
    return 0


def write(path: Path, data: dict[str, Any], subjects: tuple[int, ...]) -> None:
    """Write the recordings of some volunteers, in the order of the study's file."""
    width = len(CHANNELS) if path.parent.name == "fdc" else AXES
    recordings = [
        np.round(recording[:, :width] / STEP).astype(np.int16)
        for recording, subject in zip(data["X"], data["subject"], strict=True)
        if subject in subjects
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        values=np.concatenate(recordings),
        scale=np.full(width, STEP),
        lengths=np.array([len(recording) for recording in recordings]),
        channels=np.array(CHANNELS[:width]),
        fs=np.array(FS_HZ),
    )
    print(f"{path.relative_to(DATA)}: {len(recordings)} recordings, {path.stat().st_size} bytes")


if __name__ == "__main__":
    sys.exit(main())
