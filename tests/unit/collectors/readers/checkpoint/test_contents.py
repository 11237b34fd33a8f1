"""The value of a pickle, record by record: what is named, whose it is, and where looking ends."""

from __future__ import annotations

from typing import Any

from collectors.readers.checkpoint.contents import (
    MOST_DEPTH,
    MOST_SCALAR_TEXT,
    MOST_SCALARS,
    Contents,
    read_contents,
)
from collectors.readers.pickle.values import Global, PickledDict, PickledObject, Tensor


def tensor(*shape: int) -> Tensor:
    return Tensor(None, "float32", 0, shape, (1,) * len(shape))


def a_dict(**items: Any) -> PickledDict:
    return PickledDict(list(items.items()))


def made(state: Any = None, arguments: Any = (), **more: Any) -> PickledObject:
    return PickledObject(Global("mine.Model", 0), arguments, state, **more)


def told(value: Any) -> list[tuple[str, str]]:
    """Names and owners of all tensors."""
    return [(one.name, one.role) for one in read_contents(value).tensors]


def test_attributes_are_named_whether_they_stand_in_a_dict_or_in_slots() -> None:
    w, v = tensor(2), tensor(3)

    assert told(made(a_dict(w=w))) == [("w", "model")]
    assert told(made((None, a_dict(w=w)))) == [("w", "model")]
    assert told(made((a_dict(v=v), a_dict(w=w)))) == [("v", "model"), ("w", "model")]
    assert told(made("no state")) == []


def test_what_an_object_was_given_has_its_own_name_and_no_settings_in_it() -> None:
    found = read_contents(a_dict(net=made(arguments=(tensor(2), 3), items=[tensor(3)], pairs=[("w", tensor(4))])))

    assert [one.name for one in found.tensors] == ["net.w", "net.0", "net.0"]
    assert found.scalars == {}
    assert read_contents(a_dict(net=PickledObject(None, "a text"), lr=0.5)).scalars == {"lr": 0.5}


def test_parts_of_a_module_are_no_part_of_a_name() -> None:
    layer = made(a_dict(_parameters=a_dict(weight=tensor(2)), _buffers=a_dict(mean=tensor(2)), epoch=1))

    assert told(made(a_dict(_modules=a_dict(fc=layer)))) == [("fc.weight", "model"), ("fc.mean", "model")]


def test_a_list_gives_its_tensors_a_number_and_its_numbers_none() -> None:
    found = read_contents(a_dict(layers=[tensor(1), 0.5, a_dict(lr=0.1), "text"]))

    assert [one.name for one in found.tensors] == ["layers.0"]
    assert found.scalars == {"layers.2.lr": 0.1}


def test_an_optimizer_is_known_by_its_two_keys_as_a_dict_or_as_an_object() -> None:
    state = a_dict(state=a_dict(m=tensor(2)), param_groups=[])

    assert read_contents(state).is_optimizer
    assert read_contents(made(state)).is_optimizer
    assert not read_contents(a_dict(adam=state)).is_optimizer
    assert told(a_dict(adam=made(state), w=tensor(2))) == [("adam.state.m", "optimizer"), ("w", "model")]
    assert told(made(a_dict(state=a_dict(m=tensor(2))))) == [("state.m", "model")]


def test_only_beside_the_model_do_outermost_keys_say_what_is_not_the_models() -> None:
    found = dict(told(a_dict(callbacks=a_dict(w=tensor(2)), best_loss=tensor(), net=a_dict(callbacks=tensor(2)))))

    assert found == {"callbacks.w": "trainer", "best_loss": "trainer", "net.callbacks": "model"}


def nested(depth: int) -> Any:
    """A tensor under so many lists."""
    value: Any = tensor(1)
    for _ in range(depth):
        value = [value]
    return value


def seen(value: Any) -> tuple[int, bool]:
    found = read_contents(value)
    return len(found.tensors), found.cut_short


def test_nesting_is_followed_to_a_depth_and_said_beyond_it() -> None:
    assert seen(nested(MOST_DEPTH)) == (1, False)
    assert seen(nested(MOST_DEPTH + 1)) == (0, True)

    def given(depth: int) -> Any:  # each object and the tuple of its arguments are a level each
        value: Any = tensor(1)
        for _ in range(depth // 2):
            value = made(arguments=(value,))
        return value

    assert seen(given(MOST_DEPTH)) == (1, False)
    assert seen(given(MOST_DEPTH + 2)) == (0, True)


def test_a_value_that_holds_itself_is_looked_at_once() -> None:
    loop: list[Any] = [tensor(1)]
    loop.append(loop)

    assert seen(loop) == (1, False)


def test_looking_ends_after_a_number_of_values() -> None:
    """The list itself is the first of half a million."""
    whole: list[Any] = [()] * 499_999

    assert seen(whole) == (0, False)
    assert seen([*whole, ()]) == (0, True)


def scalars(value: Any) -> Contents:
    return read_contents(value)


def test_settings_are_kept_up_to_a_number_and_a_length() -> None:
    many = scalars(PickledDict([(f"k{n}", n) for n in range(MOST_SCALARS + 1)]))
    texts = scalars(a_dict(fits="x" * MOST_SCALAR_TEXT, long="x" * (MOST_SCALAR_TEXT + 1), none=None, data=b"x"))

    assert (len(many.scalars), list(many.scalars)[-1]) == (1_000, "k999")
    assert texts.scalars == {"fits": "x" * 200}
    assert scalars(PickledDict([("a", 1), ("a", 2), (True, 3), (0.5, 4), (None, 5), ((1,), 6)])).scalars == {
        "a": 1, "True": 3, "0.5": 4, "None": 5, "(key)": 6,
    }  # fmt: skip
    assert scalars(3).scalars == {}, "without a name it is no setting"
