"""The stack machine: what it makes of every opcode, against the standard library's own pickles."""

from __future__ import annotations

import collections
import io
import pickle
import pickletools
from typing import Any

import pytest

from collectors.readers.common.finding_list import FindingList
from collectors.readers.pickle.allowed_globals import Trust, trust_in
from collectors.readers.pickle.opcodes import PickleMachine
from collectors.readers.pickle.torch_calls import TorchMeaning
from collectors.readers.pickle.values import PickledDict, PickledObject


def run(data: bytes) -> Any:
    """The value, with dicts turned back into dicts."""
    return plain(PickleMachine(TorchMeaning(FindingList(), "pickle")).run(io.BytesIO(data)))


def plain(value: Any) -> Any:
    """Records as the values they stand for."""
    if isinstance(value, PickledDict):
        return {key: plain(item) for key, item in value.pairs}
    if isinstance(value, PickledObject):
        return (value.maker.path if value.maker else None, plain(value.arguments))
    if isinstance(value, list | tuple):
        return type(value)(plain(item) for item in value)
    return value


SHARED = [1, 2]
VALUES = [
    None,
    True,
    [False, 0, 1, -1, 255, 65_536, -(2**31), 2**63, 2**100, -(2**90)],
    [0.0, -0.5, 1e300, float("inf")],
    ["", "text", "ünï 🙂", "x" * 300, "a\nb\\c"],
    [b"", b"bytes", b"y" * 300],
    [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
    [[], [[1]], {"a": {"b": [1, (2, 3)]}, 3: None}],
    {"one": SHARED, "two": SHARED},
    bytearray(b"xyz"),
]
FIRST_PROTOCOL = {repr(VALUES[5]): 3, repr(VALUES[-1]): 5}
"""Before that protocol the value is a call, not a plain value."""
CASES = [(value, protocol) for value in VALUES for protocol in range(FIRST_PROTOCOL.get(repr(value), 0), 6)]


@pytest.mark.parametrize(("value", "protocol"), CASES, ids=repr)
def test_plain_values_come_back_as_they_were(value: Any, protocol: int) -> None:
    """Every protocol of the standard library is followed."""
    found = run(pickle.dumps(value, protocol=protocol))

    assert found == (bytes(value) if isinstance(value, bytearray) else value)


@pytest.mark.parametrize("protocol", range(6))
def test_ordered_dicts_and_counters_are_dicts(protocol: int) -> None:
    """Containers that torch allows are understood."""
    value = collections.OrderedDict(a=1, b=collections.OrderedDict(c=2))

    assert run(pickle.dumps(value, protocol=protocol)) == {"a": 1, "b": {"c": 2}}
    assert run(pickle.dumps(collections.Counter("aab"), protocol=protocol)) == {"a": 2, "b": 1}


@pytest.mark.parametrize("protocol", [2, 4])
def test_sets_are_lists(protocol: int) -> None:
    """Sets come as lists: nothing of a pickle is ever hashed."""
    assert sorted(run(pickle.dumps({1, 2}, protocol=protocol))) == [1, 2]


def test_every_opcode_of_python_is_known_or_named() -> None:
    """An opcode is followed, or refused by its name; there is no third way."""
    refused = {"PERSID", "NEXT_BUFFER", "READONLY_BUFFER"}

    from collectors.readers.pickle import opcodes  # noqa: PLC0415 -- its tables are private to it

    known = opcodes._CARRIED | opcodes._CONSTANTS.keys() | opcodes._HANDLERS.keys()
    assert {opcode.name for opcode in pickletools.opcodes} == known | refused


def test_an_object_is_remembered_not_made() -> None:
    """A date of the standard library: its name and arguments, no date."""
    import datetime  # noqa: PLC0415 -- the value under test

    found = run(pickle.dumps(datetime.timedelta(days=3), protocol=2))

    assert found == ("datetime.timedelta", (3, 0, 0))


@pytest.mark.parametrize(
    ("path", "trust"),
    [
        ("torch._utils._rebuild_tensor_v2", Trust.ALLOWED),
        ("torch.FloatStorage", Trust.ALLOWED),
        ("torch.storage.UntypedStorage", Trust.ALLOWED),
        ("torch.float8_e4m3fn", Trust.ALLOWED),
        ("torch.bfloat16", Trust.ALLOWED),
        ("torch.nn.parameter.Parameter", Trust.ALLOWED),
        ("collections.OrderedDict", Trust.ALLOWED),
        ("numpy._core.multiarray.scalar", Trust.HARMLESS),
        ("argparse.Namespace", Trust.HARMLESS),
        ("pathlib.PosixPath", Trust.HARMLESS),
        ("mypackage.config.TrainConfig", Trust.UNKNOWN),
        ("torch.nn.modules.linear.Linear", Trust.UNKNOWN),
        ("torch.optim.adamw.AdamW", Trust.UNKNOWN),
        ("mypackage.input.Config", Trust.UNKNOWN),
        ("os.system", Trust.RUNS_CODE),
        ("posix.system", Trust.RUNS_CODE),
        ("builtins.eval", Trust.RUNS_CODE),
        ("builtins.getattr", Trust.RUNS_CODE),
        ("torch.storage._load_from_bytes", Trust.RUNS_CODE),
        ("torch.storage.FloatStorage", Trust.RUNS_CODE),
        ("torch.float32.__class__", Trust.UNKNOWN),
        ("torch.__builtins__.x", Trust.RUNS_CODE),
        ("mypackage.helpers.subprocess.run", Trust.RUNS_CODE),
        ("", Trust.UNKNOWN),
    ],
)
def test_names_are_trusted_by_what_they_can_do(path: str, trust: Trust) -> None:
    """Allowed, harmless, unknown, or able to run code."""
    assert trust_in(path) is trust
