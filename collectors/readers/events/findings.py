"""What is odd about an event file, in words. Pure.

Details (damaged records, steps that go back) are told with their offsets, a bounded number of
each; summaries follow from the evidence alone, so that they can be made again for joined parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from collectors.evidence.events import EventEvidence
from collectors.evidence.files import Finding
from collectors.readers.events.borders import MAX_RECORD, Borders
from collectors.readers.events.proto import MAX_VALUES
from collectors.readers.events.rows import FRAME, HEADER
from collectors.readers.events.series import Back
from collectors.readers.text.text import binary_kind, brief

MOST: Final = 20
"""Details told of each severity."""
_ORDER: Final = ("error", "warning", "note")


@dataclass(slots=True)
class EventFindings:
    """Collects details while a file is read."""

    details: list[Finding] = field(default_factory=list)

    def damaged_records(self, start: int, damaged: Iterable[tuple[int, str]]) -> None:
        """Records that were skipped; positions count from `start`."""
        for position, text in damaged:
            self._add(Finding("warning", text, f"offset {start + position}"))

    def skipped(self, at: int, count: int) -> None:
        """A length at `at` is damaged, and so many bytes behind it the next sound record was found."""
        text = f"the length of a record contradicts its checksum: {count:,} bytes are skipped up to the next sound one"
        self._add(Finding("warning", text, f"offset {at}"))

    def steps_back(self, start: int, backs: Iterable[Back]) -> None:
        """Tags whose steps went back, which began new segments."""
        for position, tag, before, after in backs:
            text = f"steps of {brief(tag)} go back from {before} to {after}: a restart, or written out of order"
            self._add(Finding("note", text, f"offset {start + position}"))

    def not_decoded(self, at: int, needed: int) -> None:
        """A sound record that is too long to be parsed."""
        self._add(Finding("note", f"a record of {needed - FRAME:,} bytes is sound but was not decoded", f"offset {at}"))

    def too_many_tags(self, kept: int) -> None:
        """Tags beyond the limit were left out."""
        self._add(Finding("warning", f"has more than {kept:,} tags: the others are not read"))

    def too_many_values(self, start: int, cut: Iterable[int]) -> None:
        """Records of which only the first values were read; positions count from `start`."""
        for position in cut:
            text = f"a record holds more than {MAX_VALUES:,} values: the others are not read"
            self._add(Finding("warning", text, f"offset {start + position}"))

    def shorter_than_read(self, size: int, offset: int) -> None:
        """Reading was to go on behind the end of the file."""
        text = f"has {size:,} bytes, fewer than the {offset:,} that were read before: it was replaced or cut off"
        self._add(Finding("error", text, f"offset {size}"))

    def bad_length(self, at: int, rest: bytes, borders: Borders, size: int) -> None:
        """Reading ends at `at`, before the end of the file; `rest` begins there."""
        if at == 0 and not borders.absurd:
            text = f"is not an event file: it begins like {_kind_of(rest)}, a TFRecord header was expected"
        elif borders.absurd:
            text = f"claims a record of {borders.needed - FRAME:,} bytes, at most {MAX_RECORD:,} are believed"
        elif not any(rest[:HEADER]):
            text = "zero bytes where a record was expected: space was reserved but never written"
        else:
            text = "the length of a record contradicts its checksum"
        ends = "" if at == 0 else f"; the last {size - at:,} bytes are not read"
        self._add(Finding("error", text + ends, f"offset {at}"))

    def is_foreign(self, beginning: bytes) -> bool:
        """Fewer bytes than a header, at the file's start: even so they may rule out a record, and are told."""
        is_foreign = len(beginning) < HEADER and int.from_bytes(beginning[:8], "little") > MAX_RECORD
        if is_foreign:
            text = f"is not an event file: it begins like {_kind_of(beginning)}, a TFRecord header was expected"
            self._add(Finding("error", text, "offset 0"))
        return is_foreign

    def _add(self, finding: Finding) -> None:
        if sum(detail.severity == finding.severity for detail in self.details) < MOST:
            self.details.append(finding)


def with_summary(evidence: EventEvidence, details: Iterable[Finding]) -> tuple[Finding, ...]:
    """Details, the worst first and a bounded number of each severity, and the summary."""
    kept: list[Finding] = []
    for severity in _ORDER:
        kept += [detail for detail in details if detail.severity == severity][:MOST]
    return (*kept, *summary_findings(replace(evidence, findings=tuple(kept))))


def summary_findings(evidence: EventEvidence) -> tuple[Finding, ...]:
    """What the counts of an evidence (with its details) say; empty for a plain file."""
    return (*_counts(evidence), *_head(evidence), *_tail(evidence))


def _counts(e: EventEvidence) -> Iterable[Finding]:
    if e.damaged > MOST:
        yield Finding("warning", f"{e.damaged - MOST:,} more damaged records were skipped")
    if e.steps_back > MOST:
        yield Finding("note", f"steps go back {e.steps_back - MOST:,} more times")
    if e.repeated_steps:
        times = "1 point repeats" if e.repeated_steps == 1 else f"{e.repeated_steps:,} points repeat"
        yield Finding("note", f"{times} the step of the point before: written twice, or by two writers")


def _head(e: EventEvidence) -> Iterable[Finding]:
    """What is odd about the file as a whole, where it was read from its beginning."""
    is_refused = any(detail.severity == "error" and detail.where for detail in e.findings)
    if e.start_offset or is_refused:
        return
    if not e.end_offset and not e.partial_tail and not e.damaged:
        yield Finding("note", "nothing has been written yet (no whole record)")
    elif e.records and e.file_version is None:
        is_event = e.series or e.other_values or e.first_time is not None
        severity, text = (
            ("warning", "the first record") if is_event else ("error", "holds TFRecords but no event: none")
        )
        yield Finding(severity, f"{text} names no file version such as `brain.Event:2`")  # type: ignore[arg-type]
    elif e.records and not e.series:
        others = f", but {e.other_values:,} values of other kinds" if e.other_values else " yet"
        yield Finding("note", f"holds no scalar{others}")


def _tail(e: EventEvidence) -> Iterable[Finding]:
    if e.partial_tail:
        yield Finding("note", "ends inside a record: it is being written, or was cut off", f"offset {e.end_offset}")
    if e.more_to_read:
        yield Finding("note", "is longer than is read at once", f"offset {e.end_offset}")


def _kind_of(beginning: bytes) -> str:
    if b"version https://git-lfs".startswith(beginning[:HEADER]) and len(beginning) >= HEADER:
        return "a Git LFS pointer (run `git lfs pull`)"
    words = beginning[:HEADER].decode("latin-1")
    is_text = words.isascii() and all(sign.isprintable() or sign in "\t\r\n" for sign in words)
    return binary_kind(beginning) or (f"text ({brief(words)})" if is_text else "no format known here")
