"""Formats that hold models and that no reader here proves -> their name, told truthfully.

Input: the first bytes of a file and its name; of pickles all bytes. Output: words, or None. A name only
helps where a format has no mark of its own, and never against the bytes.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from typing import BinaryIO, Final

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.readers.checkpoint.draft import Draft
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.common.magic import BZIP2, GZIP, XZ, ZIP
from collectors.readers.pickle.allowed_globals import Trust, trust_in
from collectors.readers.pickle.opcodes import PickleMachine
from collectors.readers.pickle.stack import PickleProblem
from collectors.readers.pickle.torch_calls import TorchMeaning

MOST_PICKLE: Final = 64 << 20
_MARKS: Final = (
    (0, b"GGUF", "a GGUF model"),
    (4, b"TFL3", "a TensorFlow Lite model"),
    (0, b"binf", "an XGBoost model in its old binary format"),
    (0, b"\x12\x01\x00\x00\x00\x00\x00\x00", "MXNet parameters"),
)
_PACKED: Final = (GZIP, BZIP2, XZ, b"\x78", b"ZF", b"\x04\x22\x4d\x18", b"\x5d\x00")
"""Compressions that joblib knows."""
_JOBLIB: Final = "joblib.numpy_pickle."
"""The format's own classes."""


def _is_pickle(start: bytes) -> bool:
    return start[:1] == b"\x80" and start[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")


def _is_map(start: bytes) -> bool:
    return start[:1] in (b"\xde", b"\xdf") or (bool(start) and 0x81 <= start[0] <= 0x8F)


_NAMED: Final[tuple[tuple[str, Callable[[bytes], bool], str], ...]] = (
    (r"\.(joblib|jl)(\.\w+)?", lambda s: _is_pickle(s) or s.startswith(_PACKED), "a joblib file"),
    (r"\.(pkl|pickle)", _is_pickle, "a pickle"),
    (r"\.pdparams", _is_pickle, "Paddle parameters (a pickle)"),
    (r"\.msgpack|(^|/)checkpoint(_\d+)?", _is_map, "a msgpack file, as Flax writes it"),
    (r"\.onnx", lambda s: s[:1] in (b"\x08", b"\x12", b"\x3a"), "an ONNX model"),
    (r"\.npz", lambda s: s.startswith(ZIP), "NumPy arrays (an .npz)"),
    (r"\.pb", lambda s: s[:1] in (b"\x08", b"\x0a"), "a TensorFlow graph"),
    (r"\.nemo", lambda s: s.startswith(GZIP) or s[257:262] == b"ustar", "a NeMo archive"),
)


def opaque_kind(start: bytes, name: str) -> str | None:
    """Name the format of a file that begins like this; None when it is not one of those known here."""
    marked = next((words for at, mark, words in _MARKS if start[at : at + len(mark)] == mark), None)
    if marked:
        return marked
    lower = name.lower()
    return next((words for end, fits, words in _NAMED if re.search(f"({end})$", lower) and fits(start)), None)


def read_opaque(handle: BinaryIO, size: int, kind: str, start: bytes) -> CheckpointEvidence:
    """Return evidence that names the format; of a pickle also what in it could run code. Raises OSError."""
    draft = Draft("opaque", size, opaque=kind)
    if _is_pickle(start):
        handle.seek(0)
        _report_dangers(handle.read(min(size, MOST_PICKLE)), draft.findings)
    return draft.evidence()


def _report_dangers(data: bytes, findings: FindingList) -> None:
    """Names that can run code, as far as the opcodes can be followed: joblib puts raw arrays between them."""
    meaning = TorchMeaning(FindingList(), "pickle")
    with contextlib.suppress(PickleProblem):
        PickleMachine(meaning).run(io.BytesIO(data))
    for path in meaning.refused:
        if trust_in(path) is Trust.RUNS_CODE and not path.startswith(_JOBLIB):
            findings.error(f"the pickle names {shorten(path)}, which can run code when the file is loaded")
