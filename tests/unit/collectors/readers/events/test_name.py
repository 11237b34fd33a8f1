"""Names of event files tell start, host and process, or nothing; never a wrong process."""

from __future__ import annotations

import pytest

from collectors.evidence.events import EventFileName
from collectors.readers.events.name import parse_event_file_name

NAMES = [
    ("events.out.tfevents.1795435105.vm.17791.0", (1795435105.0, "vm", 17791)),
    (
        "events.out.tfevents.1795435105.node-7.cluster.example.org.17791.3",
        (1795435105.0, "node-7.cluster.example.org", 17791),
    ),
    ("events.out.tfevents.1795435105.10.0.0.5.812.0", (1795435105.0, "10.0.0.5", 812)),
    ("events.out.tfevents.1795435105.vm.17791.12.v2", (1795435105.0, "vm", 17791)),
    ("events.out.tfevents.1795435105.vm", (1795435105.0, "vm", None)),
    ("events.out.tfevents.1795435105.node.example.org", (1795435105.0, "node.example.org", None)),
    ("events.out.tfevents.1795435105.vm.v2", (1795435105.0, "vm", None)),
    ("events.out.tfevents.1795435105.10.0.0.5", (1795435105.0, "10.0.0.5", None)),
    ("events.out.tfevents.1795435105.vm.0.0", (1795435105.0, "vm.0.0", None)),
    ("events.out.tfevents.1795435105.vm.17791", (1795435105.0, "vm.17791", None)),
    ("events.out.tfevents.1795435105.vm.17791.0.fold1", (1795435105.0, "vm.17791.0.fold1", None)),
    ("events.out.tfevents.1795435105.vm.99999999999.0", (1795435105.0, "vm.99999999999.0", None)),
    ("events.out.tfevents.1795435105", (1795435105.0, None, None)),
    ("runs/a/events.out.tfevents.1795435105.vm.17791.0", (1795435105.0, "vm", 17791)),
    ("train.tfevents.1795435105.vm.1.0", (1795435105.0, "vm", 1)),
    ("events.out.tfevents.profile-empty", (None, None, None)),
    ("events.out.tfevents.1" + "0" * 400 + ".vm.1.0", (None, None, None)),
    ("events.out.tfevents.१२३.vm.1.0", (None, None, None)),
    ("notes.txt", (None, None, None)),
    ("", (None, None, None)),
]


@pytest.mark.parametrize(("name", "expected"), NAMES, ids=[name[:60] or "empty" for name, _ in NAMES])
def test_event_file_names(name: str, expected: tuple[float | None, str | None, int | None]) -> None:
    assert parse_event_file_name(name) == EventFileName(*expected)


def test_numbers_of_an_address_are_no_process() -> None:
    """Four numbers between points are an address of a host, with `.v2` behind them or without."""
    for rest, host, pid in (
        ("10.0.0.5", "10.0.0.5", None),
        ("10.0.0.5.v2", "10.0.0.5", None),
        ("10.7.5", "10", 7),
        ("10.0.0.5.812.0.v2", "10.0.0.5", 812),
    ):
        assert parse_event_file_name(f"events.out.tfevents.17.{rest}") == EventFileName(17.0, host, pid), rest
