"""The pickle of a torch checkpoint -> named tensors, blocks of numbers, scalars, findings.

Input: a stream that stands at the pickle. Output: `PickledCheckpoint`; findings for refused names,
tensors that do not fit their storage, and a pickle that cannot be followed. Both torch formats share
it; where the numbers themselves lie is theirs to say.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from math import prod
from typing import Final

from collectors.evidence.checkpoint import TensorFacts
from collectors.readers.checkpoint.contents import Contents, NamedTensor, read_contents
from collectors.readers.checkpoint.draft import Block, Draft
from collectors.readers.checkpoint.tensor_layout import Extent, extent_of, misfit, tensor_bytes
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.pickle.opcodes import PickleMachine
from collectors.readers.pickle.stack import PickleProblem
from collectors.readers.pickle.torch_calls import TorchMeaning
from collectors.readers.pickle.values import Storage, Tensor

_LARGEST: Final = (1 << 63) - 1


@dataclass(slots=True)
class PickledCheckpoint:
    """What the pickle describes."""

    storages: dict[str, Storage]
    """By key, in file order."""
    contents: Contents
    refused: tuple[str, ...]
    end: int
    """Byte behind the pickle in its stream."""
    extents: dict[str, list[Extent]] = field(default_factory=dict)
    """Storage key -> tensors that fit into it."""
    dtypes: dict[str, str] = field(default_factory=dict)
    """Storage key -> type of the numbers in it; a storage of mixed types has none."""

    def blocks(self) -> list[Block]:
        """One block a storage."""
        return [
            Block(key, self.dtypes.get(key, one.dtype), self.extents.get(key, [])) for key, one in self.storages.items()
        ]


def read_torch_pickle(data: bytes, findings: FindingList, where: str) -> PickledCheckpoint:
    """Read one pickle. Raises PickleProblem where it cannot be followed to its end."""
    stream = io.BytesIO(data)
    meaning = TorchMeaning(findings, where)
    machine = PickleMachine(meaning)
    try:
        value = machine.run(stream)
    except PickleProblem as problem:
        meaning.report_refused()
        raise PickleProblem(problem.text, problem.offset) from None
    meaning.report_refused()
    if machine.protocol > 2:
        text = f"the pickle is of protocol {machine.protocol}: weights_only loading reads protocol 2 only"
        findings.warning(text, where)
    read = PickledCheckpoint(meaning.storages, read_contents(value), meaning.refused, stream.tell())
    _add_unnamed(read.contents, meaning.tensors)
    _place_tensors(read, findings)
    return read


def fill_draft(draft: Draft, read: PickledCheckpoint) -> None:
    """Take over names, shapes, scalars and refused names."""
    draft.refused = read.refused
    draft.scalars = dict(read.contents.scalars)
    draft.bad_arrays = list(read.contents.bad_arrays)
    draft.tensors = [
        TensorFacts(one.name, one.tensor.dtype, one.tensor.shape, min(tensor_bytes(one.tensor), _LARGEST), one.role)
        for one in read.contents.tensors
    ]
    # Tied weights are stored once and named twice: they count once. What does not fit does not count.
    distinct = {(key, one.offset, one.shape) for key, extents in read.extents.items() for one in extents}
    draft.parameters = sum(prod(shape) for _, _, shape in distinct)
    if read.contents.cut_short:
        draft.findings.warning("holds more, or nests deeper, than is read: some names are missing")
    draft.report_emptiness(is_optimizer=read.contents.is_optimizer)


def _add_unnamed(contents: Contents, tensors: list[Tensor]) -> None:
    """Tensors that no container holds: their storage is looked at all the same."""
    named = {id(one.tensor) for one in contents.tensors}
    missing = [tensor for tensor in tensors if id(tensor) not in named]
    contents.tensors.extend(
        NamedTensor(f"(tensor {number:,} without a name)", tensor, "model") for number, tensor in enumerate(missing, 1)
    )


def _place_tensors(read: PickledCheckpoint, findings: FindingList) -> None:
    types: dict[str, set[str]] = {}
    for one in read.contents.tensors:
        storage = one.tensor.storage
        if storage is None:
            findings.warning("is a meta tensor: it has a shape, but no numbers", one.name)
            continue
        problem = misfit(one.tensor)
        if problem is not None:
            findings.error(problem, shorten(one.name))
            continue
        extent = extent_of(one.tensor, one.name, one.role)
        read.extents.setdefault(storage.key, []).append(extent)
        types.setdefault(storage.key, set()).add(one.tensor.dtype)
    for key, found in types.items():
        if len(found) == 1:
            read.dtypes[key] = found.pop()
        else:
            findings.note("holds numbers of several types: they were not tested", f"storage {shorten(key)}")
            read.dtypes[key] = "mixed"
