"""The stack, marks and memo of a pickle, and the machine's bounds."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable

import pytest

from collectors.readers.common.finding_list import FindingList
from collectors.readers.pickle.opcodes import MOST_BITS, MOST_OPCODES, PickleMachine
from collectors.readers.pickle.stack import MOST_MARKS, PickleProblem, PickleStack
from collectors.readers.pickle.torch_calls import TorchMeaning
from collectors.readers.pickle.values import PickledDict, PickledObject


def run(data: bytes) -> object:
    return PickleMachine(TorchMeaning(FindingList(), "pickle")).run(io.BytesIO(data))


def refusal(data: bytes) -> str:
    with pytest.raises(PickleProblem) as problem:
        run(data)
    return problem.value.text


def test_groups_lie_within_groups() -> None:
    stack = PickleStack()
    stack.push(1)
    stack.mark()
    stack.push(2)
    stack.mark()
    stack.push(3)
    stack.push(4)

    assert stack.pop_pairs() == [(3, 4)]
    assert (stack.pop_group(), stack.pop()) == ([2], 1)


def test_what_is_not_there_is_a_problem_at_its_opcode() -> None:
    actions: list[Callable[[PickleStack], object]] = [
        PickleStack.pop, PickleStack.top, PickleStack.pop_group, PickleStack.drop, PickleStack.remember,
        lambda stack: stack.recall(0),
    ]  # fmt: skip
    for action in actions:
        stack = PickleStack()
        stack.at = 7
        with pytest.raises(PickleProblem, match="the pickle is damaged") as problem:
            action(stack)
        assert problem.value.offset == 7


def test_a_key_without_a_value_is_damage() -> None:
    stack = PickleStack()
    stack.mark()
    stack.push("key")
    with pytest.raises(PickleProblem, match="a key has no value"):
        stack.pop_pairs()


def test_marks_are_counted() -> None:
    stack = PickleStack()
    for _ in range(MOST_MARKS):
        stack.mark()
    with pytest.raises(PickleProblem, match="nests more than 5,000 deep"):
        stack.mark()


def test_values_are_kept_under_the_next_number_or_the_one_given() -> None:
    stack = PickleStack()
    for index, value in ((None, "a"), (5, "b"), (None, "c")):
        stack.push(value)
        stack.remember(index)
    for index, value in ((0, "a"), (5, "b"), (2, "c")):
        stack.recall(index)
        assert stack.pop() == value


def test_dropping_takes_a_value_or_an_empty_group() -> None:
    assert run(b"\x80\x02K\x01K\x020.") == 1
    assert run(b"\x80\x02K\x01(0.") == 1
    assert run(b"\x80\x02K\x01(K\x02K\x031.") == 1
    assert run(b"\x80\x02K\x012\x86.") == (1, 1)


def test_opcodes_are_counted() -> None:
    """PROTO, a value, its end, and pairs of a value and its removal between them."""
    fits = b"\x80\x02" + b"N0" * (MOST_OPCODES // 2 - 2) + b"N0N."

    with pytest.raises(PickleProblem, match="more than 2,000,000 opcodes"):
        run(b"\x80\x02" + b"N0" * (MOST_OPCODES // 2 - 1) + b"N.")
    assert run(fits[:2] + fits[4:]) is None


def test_whole_numbers_of_up_to_128_bits_are_kept() -> None:
    for value in ((1 << MOST_BITS) - 1, -(1 << MOST_BITS) + 1):
        assert run(pickle.dumps(value, 2)) == value
    for value in (1 << MOST_BITS, -(1 << MOST_BITS)):
        assert isinstance(run(pickle.dumps(value, 2)), PickledObject)


def test_what_is_no_container_takes_no_items() -> None:
    assert refusal(b"\x80\x02NN a."[:4] + b"a.") == "the pickle is damaged: it appends to what is not a list"
    assert refusal(b"\x80\x02NNNs.") == "the pickle is damaged: it sets items of what is not a dict"
    assert refusal(b"\x80\x02(o.") == "the pickle is damaged: it makes an object of nothing"
    assert refusal(b"\x80\x04K\x01\x8c\x01a\x93.") == "the pickle computes a name it refers to: refused"
    assert refusal(b"\x80\x04\x8c\x01aK\x01\x93.") == "the pickle computes a name it refers to: refused"
    assert refusal(b"\x80\x02P1\n.") == "the pickle uses PERSID, which torch.save never writes"


def test_items_of_a_set_of_a_subclass_and_of_a_dict_are_kept() -> None:
    made = run(b"\x80\x02cmine\nList\n)\x81K\x01a(K\x02K\x03e.")
    mapped = run(b"\x80\x02cmine\nMap\n)\x81K\x01K\x02s(K\x03K\x04u.")
    plain = run(b"\x80\x02}K\x01K\x02s(K\x03K\x04u.")

    assert isinstance(made, PickledObject)
    assert isinstance(mapped, PickledObject)
    assert isinstance(plain, PickledDict)
    assert (made.items, made.pairs) == ([1, 2, 3], [])
    assert mapped.pairs == plain.pairs == [(1, 2), (3, 4)]


def test_an_object_is_remembered_with_what_it_was_given() -> None:
    by_line, by_stack = run(b"\x80\x02(K\x01K\x02imine\nThing\n."), run(b"\x80\x02(cmine\nThing\nK\x01K\x02o.")
    with_keywords = run(b"\x80\x04cmine\nThing\nK\x01\x85}\x92.")

    for one in (by_line, by_stack, with_keywords):
        assert isinstance(one, PickledObject)
        assert one.maker is not None
        assert one.maker.path == "mine.Thing"
    assert by_line.arguments == by_stack.arguments == (1, 2)  # type: ignore[attr-defined]
    assert with_keywords.arguments[0] == (1,)  # type: ignore[attr-defined]
