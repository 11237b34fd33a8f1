"""What a checkpoint reader knows so far -> `CheckpointEvidence`. Pure.

Input: findings, tensors and number tests, as one of the format readers collects them. Output: the
frozen record, with the findings that follow from the numbers: NaN, infinities, nothing but one value,
no tensors at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, Final, Literal

from collectors.evidence.checkpoint import CheckpointEvidence, Role, TensorFacts
from collectors.numbers import listed, plural, size_words
from collectors.readers.checkpoint.roles import is_trained
from collectors.readers.checkpoint.tensor_data import NonFinite, NumberTest, Patience
from collectors.readers.checkpoint.tensor_layout import Extent
from collectors.readers.common.dtypes import FLOAT_BITS, is_float
from collectors.readers.common.finding_list import FindingList
from collectors.readers.common.single_pass import FileDigest

Checksum = Literal["ok", "bad", "not recorded", "partial", "not read"]
WORTH_A_WARNING = 16
"""Numbers a weight matrix must have before one value throughout is odd."""


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers of one type in a row, and the tensors that lie in it."""

    key: str
    dtype: str
    extents: Sequence[Extent]


@dataclass(slots=True)
class Draft:
    """Evidence in the making."""

    format: str
    size: int
    findings: FindingList = field(default_factory=FindingList)
    tensors: list[TensorFacts] = field(default_factory=list)
    parameters: int = 0
    checksum: Checksum = "not read"
    finite: bool | None = None
    nonfinite: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    constant: list[str] = field(default_factory=list)
    data_read: Literal["all", "part", "none"] = "none"
    digest: FileDigest | None = None
    scalars: dict[str, Any] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    opaque: str | None = None
    parts: dict[str, int] = field(default_factory=dict)
    alike: Literal["", "zero", "constant"] = ""
    huge: dict[str, float] = field(default_factory=dict)
    bad_arrays: list[str] = field(default_factory=list)

    def evidence(self) -> CheckpointEvidence:
        """The frozen record."""
        return CheckpointEvidence(
            format=self.format,
            findings=self.findings.all(),
            tensors=tuple(self.tensors),
            parameters=self.parameters,
            checksum=self.checksum,
            finite=self.finite,
            nonfinite_tensors=tuple(self.nonfinite),
            nonfinite_aside=tuple(self.aside),
            data_read=self.data_read,
            sha256=self.digest.sha256 if self.digest else None,
            crc32=self.digest.crc32 if self.digest else None,
            scalars=self.scalars,
            size_bytes=self.size,
            constant_tensors=tuple(self.constant),
            globals=self.refused,
            opaque=self.opaque,
            parts=self.parts,
            weights_alike=self.alike,
            huge_tensors=self.huge,
            nonfinite_arrays=tuple(self.bad_arrays),
        )

    def note_budget(self, budget: int) -> None:
        """Say that the contents were not read, and why."""
        text = f"structure only: {size_words(self.size)} is above the byte budget of {size_words(budget)}"
        self.findings.note(f"{text}; checksums, numbers and sha256 were not computed")

    def report_emptiness(self, *, is_optimizer: bool = False) -> None:
        """Say so when there is nothing that could be a model, or when its weights are hollow."""
        model = [tensor for tensor in self.tensors if tensor.role == "model"]
        hollow = [tensor.name for tensor in model if tensor.shape == (0,) and tensor.name.endswith("weight")]
        if is_optimizer:
            text = "is an optimizer's state (`state`, `param_groups`), which holds no weights of a model"
            self.findings.error(text)
        elif not self.tensors:
            self.findings.error("holds no tensors: expected the weights of a model")
        elif not model:
            owner = "an optimizer's state" if any(one.optimizer for one in self.tensors) else "the state of a training"
            self.findings.error(f"holds {owner}, but no weights of a model")
        elif not any(prod(tensor.shape) for tensor in model):
            self.findings.error("holds tensors, but not one number")
        elif hollow:
            self.findings.error(_hollow_text(hollow, len(self.tensors)))

    def report_numbers(self, blocks: Sequence[Block], tests: Mapping[str, NumberTest]) -> None:
        """Take over what the tests of the float blocks found, after all bytes were fed."""
        untested = sorted({b.dtype for b in blocks if b.key not in tests and b.extents and is_float(b.dtype)})
        if untested:
            self.findings.note(f"numbers of type {listed(untested)} were not tested: their bits are not known here")
        unfed = any(b.key in tests and not tests[b.key].was_fed and any(e.count for e in b.extents) for b in blocks)
        self.data_read = "part" if untested or unfed else "all"
        if any(test.was_fed for test in tests.values()):
            self.finite = True
        for block in blocks:
            if block.key in tests and tests[block.key].was_fed:
                self._report_block(block, tests[block.key])
        self._report_alike(blocks, tests)

    def _report_block(self, block: Block, test: NumberTest) -> None:
        for found in test.nonfinite:
            extent = found.extent
            mask = test.mask_words(trained=is_trained(extent.name)) if extent.role == "model" else None
            if mask or extent.role != "model":
                self.aside.append(extent.name)
                self.findings.note(mask or _nonfinite_text(found), extent.name)
            else:
                self.finite = False
                self.nonfinite.append(extent.name)
                self.findings.error(f"{_nonfinite_text(found)}: expected finite weights", extent.name)
        self.huge |= {extent.name: largest for extent, largest in test.huge if extent.role == "model"}
        if test.is_constant and not test.nonfinite:
            self.constant.extend(one.name for one in block.extents if _is_weight_matrix(one))

    def _report_alike(self, blocks: Sequence[Block], tests: Mapping[str, NumberTest]) -> None:
        """Weights that are all alike are told as such, single ones as a warning: layers may begin at zero."""
        model = [b for b in blocks if any(one.role == "model" and one.count for one in b.extents)]
        floats = [tests[block.key] for block in model if block.key in tests]
        others = [b for b in model if b.key not in tests and any(e.count >= WORTH_A_WARNING for e in b.extents)]
        known = bool(floats) and not others and all(test.was_fed for test in floats)
        matrices = sum(_is_weight_matrix(one) for block in model for one in block.extents)
        if known and all(test.is_zero for test in floats):
            self.alike = "zero"
        elif known and 0 < matrices == len(self.constant):
            self.alike = "constant"
        elif self.constant:
            count = "1 weight matrix" if len(self.constant) == 1 else f"{len(self.constant):,} weight matrices"
            self.findings.warning(f"one number throughout in {count}: {listed(self.constant, most=5)}")


def _is_weight_matrix(extent: Extent) -> bool:
    stretched = 0 in extent.stride
    return extent.role == "model" and not stretched and len(extent.shape) >= 2 and extent.count >= WORTH_A_WARNING


def _nonfinite_text(found: NonFinite) -> str:
    kind = {(True, False): "NaN", (False, True): "infinite"}.get((found.has_nan, found.has_infinity), "NaN or infinite")
    about = "" if found.is_exact else "at least "
    return f"{_OWNERS[found.extent.role]}{about}{found.count:,} {kind} of {found.extent.count:,} numbers"


_OWNERS: Final[Mapping[Role, str]] = {
    "model": "holds ",
    "optimizer": "the optimizer's state holds ",
    "trainer": "the state of the training holds ",
    "observer": "a quantization observer holds ",
}


def _hollow_text(hollow: Sequence[str], count: int) -> str:
    verb = "is" if len(hollow) == 1 else "are"
    text = f"{len(hollow):,} of {plural(count, 'tensor')} {verb} empty (shape [0]): {listed(hollow, most=3)}"
    return f"{text}; expected the weights themselves: a save of sharded parameters has to gather them first"


def number_tests(blocks: Sequence[Block], *, big_endian: bool) -> dict[str, NumberTest]:
    """A test for each block of floats whose bits are known, by the block's key."""
    patience = Patience()
    return {
        block.key: NumberTest(block.dtype, block.extents, big_endian=big_endian, patience=patience)
        for block in blocks
        if block.dtype in FLOAT_BITS and block.extents
    }
