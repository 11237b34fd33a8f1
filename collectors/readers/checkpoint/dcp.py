"""The `.metadata` of a torch.distributed.checkpoint folder -> `CheckpointEvidence`, never unpickled.

Input: the bytes of `.metadata`. Output: tensors by name, and for each file beside it the bytes that it must
have at least. It demands that the pickle names nothing that could run code, that the chunks of a tensor add
up to its shape, and that each tensor lies in a file. The numbers themselves are not read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from math import prod
from typing import Final

from collectors.evidence.checkpoint import CheckpointEvidence, TensorFacts
from collectors.numbers import listed, plural
from collectors.readers.checkpoint.draft import Draft
from collectors.readers.checkpoint.roles import role_in_flat_file
from collectors.readers.checkpoint.shard_index import is_plain
from collectors.readers.common.dtypes import ITEM_BYTES, dtype_named
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.pickle.allowed_globals import Trust, trust_in
from collectors.readers.pickle.opcodes import PickleMachine
from collectors.readers.pickle.stack import PickleProblem
from collectors.readers.pickle.torch_calls import TorchMeaning
from collectors.readers.pickle.values import Global, PickledDict, PickledObject

_OWN: Final = "torch.distributed."
"""The format's own classes; a `.metadata` is never loaded with `weights_only`."""
_LARGEST: Final = (1 << 63) - 1


def read_dcp(data: bytes) -> CheckpointEvidence:
    """Return what the folder should hold; that the files are there is for the caller to see."""
    draft = Draft("dcp", len(data))
    meaning = TorchMeaning(draft.findings, ".metadata")
    try:
        value = PickleMachine(meaning).run(io.BytesIO(data))
    except PickleProblem as problem:
        if problem.text.endswith(": not read"):
            draft.opaque = "a distributed checkpoint with more in its .metadata than is read"
        else:
            draft.findings.error(problem.text, f".metadata, offset {problem.offset:,}")
        return draft.evidence()
    draft.refused = tuple(path for path in meaning.refused if not path.startswith(_OWN))
    unknown = [path for path in draft.refused if trust_in(path) is Trust.UNKNOWN]
    if unknown:
        draft.findings.warning(f"needs {listed(unknown, most=12)} to be loaded", ".metadata")
    held, stored = _attribute(value, "state_dict_metadata"), _attribute(value, "storage_data")
    if not isinstance(held, PickledDict) or not isinstance(stored, PickledDict):
        draft.findings.error("expected `state_dict_metadata` and `storage_data`", ".metadata")
        return draft.evidence()
    draft.tensors = [one for key, item in held.pairs if (one := _tensor(key, item, draft.findings)) is not None]
    draft.parameters = sum(prod(one.shape) for one in draft.tensors)
    draft.report_emptiness()
    _place(draft, stored)
    return draft.evidence()


def _attribute(item: object, name: str) -> object:
    """An attribute of an object that pickled its dict; None where there is none."""
    states = item.state if isinstance(item, PickledObject) else None
    for state in states if isinstance(states, tuple) else (states,):
        if isinstance(state, PickledDict):
            return next((value for key, value in state.pairs if key == name), None)
    return None


def _tensor(key: object, item: object, findings: FindingList) -> TensorFacts | None:
    """One tensor; None for an entry that is no tensor but bytes."""
    size, chunks = _attribute(item, "size"), _attribute(item, "chunks")
    if size is None and chunks is None:
        return None
    name = shorten(str(key)) if isinstance(key, str) else "(key)"
    shape = _counts(size)
    sizes = [_counts(_attribute(chunk, "sizes")) for chunk in chunks] if isinstance(chunks, list) else [None]
    if shape is None or None in sizes:
        findings.error("expected `size` and `chunks` of whole numbers", name)
        return None
    numbers, there = prod(shape), sum(prod(one) for one in sizes if one is not None)
    if there < numbers:
        findings.error(f"its chunks hold {there:,} of {numbers:,} numbers: a part was not saved", name)
    dtype = _dtype(_attribute(item, "properties"))
    size_bytes = min(numbers * ITEM_BYTES.get(dtype, 1), _LARGEST)
    return TensorFacts(name, dtype, shape, size_bytes, role_in_flat_file(name))


def _counts(value: object) -> tuple[int, ...] | None:
    if not isinstance(value, tuple) or len(value) > 64:
        return None
    counts = tuple(n for n in value if isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= _LARGEST)
    return counts if len(counts) == len(value) else None


def _dtype(properties: object) -> str:
    """`TensorProperties` pickles a tuple that begins with the dtype, or its attributes."""
    state = properties.state if isinstance(properties, PickledObject) else None
    first = state[0] if isinstance(state, tuple) and state else None
    found = first if isinstance(first, Global) else _attribute(properties, "dtype")
    return (dtype_named(found.path) if isinstance(found, Global) else None) or "unknown"


def _place(draft: Draft, stored: PickledDict) -> None:
    """Note how long each file must be, and which tensors lie in none."""
    placed: set[object] = set()
    for name, path, end in _stored(stored):
        if path is None or end is None:
            draft.findings.error("expected the file, the offset and the length of each stored piece", ".metadata")
            return
        if not is_plain(path):
            draft.findings.error("expected the name of a file in the same folder: it was not opened", path)
            continue
        placed.add(shorten(name))
        draft.parts[path] = max(draft.parts.get(path, end), end)
    missing = [one.name for one in draft.tensors if one.name not in placed]
    if missing:
        text = f"{plural(len(missing), 'tensor')} in no file: {listed(missing)}"
        draft.findings.error(text, ".metadata")


def _stored(stored: PickledDict) -> Iterator[tuple[str, str | None, int | None]]:
    for key, info in stored.pairs:
        path = _attribute(info, "relative_path")
        where = _counts((_attribute(info, "offset"), _attribute(info, "length")))
        known = path if isinstance(path, str) and len(path) <= 255 else None
        yield str(_attribute(key, "fqn")), known, sum(where) if where else None
