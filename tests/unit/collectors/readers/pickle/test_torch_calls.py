"""Names and calls of a pickle: what is remembered, warned of, and refused."""

from __future__ import annotations

from collectors.readers.common.finding_list import FindingList
from collectors.readers.pickle.allowed_globals import Trust, is_called_like_a_class, is_plain_attribute, trust_in
from collectors.readers.pickle.torch_calls import MOST_NAMES, TorchMeaning
from collectors.readers.pickle.values import Global, PickledObject, Storage, StorageView, Tensor

FLOAT, DOUBLE = Global("torch.FloatStorage", 0), Global("torch.DoubleStorage", 0)


def a_meaning() -> tuple[TorchMeaning, FindingList]:
    findings = FindingList()
    return TorchMeaning(findings, "data.pkl"), findings


def said(findings: FindingList) -> list[tuple[str, str, str | None]]:
    return [(one.severity, one.text, one.where) for one in findings.all()]


def test_a_name_is_one_record_however_often_it_stands_there() -> None:
    meaning, findings = a_meaning()

    first = meaning.name("mine.Thing", 3)

    assert meaning.name("mine.Thing", 9) is first
    assert (first.path, first.offset, meaning.refused) == ("mine.Thing", 3, ("mine.Thing",))
    assert said(findings) == []


def test_ten_thousand_names_are_remembered() -> None:
    meaning, _ = a_meaning()
    for number in range(MOST_NAMES + 1):
        meaning.name(f"torch.float{number}", 1)

    last, beyond = f"torch.float{MOST_NAMES - 1}", f"torch.float{MOST_NAMES}"
    assert meaning.name(last, 2).offset == 1
    assert meaning.name(beyond, 2).offset == 2


def test_a_name_that_runs_code_is_an_error_once_and_at_its_place() -> None:
    meaning, findings = a_meaning()
    for offset in (1234, 9999):
        meaning.name("os.system", offset)
    meaning.report_refused()

    assert said(findings) == [
        ("error", "the pickle names os.system, which can run code when the file is loaded", "data.pkl, offset 1,234")
    ]


def test_names_that_are_not_allowed_are_a_warning_with_the_first_twelve() -> None:
    meaning, findings = a_meaning()
    for number in range(13):
        meaning.name(f"mine.C{number:02}", 0)
    meaning.report_refused()

    ((severity, text, where),) = said(findings)
    assert (severity, where) == ("warning", "data.pkl")
    assert text.startswith("needs mine.C00, ")
    assert "mine.C11" in text
    assert "mine.C12" not in text
    assert text.endswith("weights_only loading refuses 13 such names")
    allowed, nothing = a_meaning()
    allowed.name("torch.FloatStorage", 0)
    allowed.report_refused()
    assert said(nothing) == []


def test_a_function_that_is_not_known_is_an_error_and_a_class_is_none() -> None:
    meaning, findings = a_meaning()
    for name in ("mine.make", "mine.make", "mine.Thing", "mine._Hidden", "functools.partial"):
        assert isinstance(meaning.call(meaning.name(name, 0), (), 5), PickledObject)

    assert said(findings) == [
        (
            "error",
            "the pickle calls mine.make, which is not on the allow-list: loading it runs that function",
            "data.pkl, offset 5",
        )
    ]


def test_calling_what_a_call_returned_is_an_error() -> None:
    meaning, findings = a_meaning()
    meaning.call(PickledObject(None), (), 5)

    assert [severity for severity, *_ in said(findings)] == ["error"]
    assert "calls what another call returned" in said(findings)[0][1]


def test_getattr_is_judged_by_what_it_is_given() -> None:
    for given, is_method in (
        ((Global("mine.Model", 0), "forward"), True),
        ((Global("mine.Model", 0), "_hidden"), False),
        ((Global("mine.Model", 0), "system"), False),
        ((Global("mine.model", 0), "forward"), False),
        ((Global("os.Path", 0), "forward"), False),
        ((Global("mine.Model", 0),), False),
        ((Global("mine.Model", 0), "forward", None), False),
        (("mine.Model", "forward"), False),
        ((Global("mine.Model", 0), 3), False),
        (None, False),
    ):
        meaning, findings = a_meaning()
        meaning.call(meaning.name("builtins.getattr", 1), given, 2)
        meaning.report_refused()
        assert any("can run code" in text for _, text, _ in said(findings)) is not is_method, given


def test_getattr_that_is_named_or_handed_on_and_not_called_is_an_error() -> None:
    named, findings = a_meaning()
    named.name("builtins.getattr", 1)
    assert said(findings) == []
    named.report_refused()
    assert [severity for severity, *_ in said(findings)] == ["error"]
    handed, others = a_meaning()
    handed.call(handed.name("mine.Thing", 0), (handed.name("builtins.getattr", 1),), 2)
    assert [text for _, text, _ in said(others)] == [
        "the pickle names builtins.getattr, which can run code when the file is loaded"
    ]


def test_a_storage_is_one_and_twice_described_otherwise_an_error() -> None:
    meaning, findings = a_meaning()
    one = meaning.stored(("storage", FLOAT, "0", "cpu", 1500), 1)
    again = meaning.stored(("storage", FLOAT, "0", "cuda:0", 1500), 2)
    view = meaning.stored(("storage", FLOAT, "0", "cpu", 1500, ("1", 3, 2)), 3)

    assert one is again
    assert isinstance(view, StorageView)
    assert (view.root, view.offset) == (one, 3)
    assert said(findings) == []
    assert isinstance(meaning.stored(("storage", DOUBLE, "0", "cpu", 1500), 4), Storage)
    meaning.stored(("storage", FLOAT, "0", "cpu", 4), 5)
    assert [(text, where) for _, text, where in said(findings)] == [
        ("storage 0 is described twice: 1,500 of float32, then 1,500 of float64", "data.pkl, offset 4"),
        ("storage 0 is described twice: 1,500 of float32, then 4 of float32", "data.pkl, offset 5"),
    ]


def test_a_tensor_is_listed_once_however_it_is_wrapped() -> None:
    meaning, findings = a_meaning()
    stored = meaning.stored(("storage", FLOAT, "0", "cpu", 4), 0)
    tensor = meaning.call(meaning.name("torch._utils._rebuild_tensor_v2", 0), (stored, 0, (4,), (1,)), 0)
    wrapped = meaning.call(meaning.name("torch._utils._rebuild_parameter", 0), (tensor, True, None), 0)

    assert wrapped is tensor
    assert isinstance(tensor, Tensor)
    assert meaning.tensors == [tensor]
    meaning.call(meaning.name("torch._utils._rebuild_tensor_v2", 0), (stored,), 7)
    assert "is given what torch.save never writes" in said(findings)[0][1]


def test_state_is_kept_of_objects_only() -> None:
    meaning, _ = a_meaning()
    target = PickledObject(None)
    meaning.build(target, {"a": 1})
    meaning.build([], {"a": 1})

    assert target.state == {"a": 1}


def test_source_code_and_extensions_are_told() -> None:
    meaning, findings = a_meaning()
    meaning.stored(("module", FLOAT, "m.py", "class M: ..."), 1)
    meaning.extension(17, 2)

    assert [(severity, where) for severity, _, where in said(findings)] == [
        ("warning", "data.pkl, offset 1"),
        ("error", "data.pkl, offset 2"),
    ]


def test_a_module_of_up_to_five_parts_and_every_part_between_is_looked_at() -> None:
    for path, trust in (
        ("os", Trust.RUNS_CODE),
        ("os.anything.at.all", Trust.RUNS_CODE),
        ("torch.utils.data.datapipes.Map", Trust.RUNS_CODE),
        ("torch.utils.data.Dataset", Trust.UNKNOWN),
        ("mine.os", Trust.UNKNOWN),
        ("mine.os.thing", Trust.RUNS_CODE),
        ("mine.a.b.c.d.sys.thing", Trust.RUNS_CODE),
        ("mine.__x.thing", Trust.RUNS_CODE),
        ("mine.__init__", Trust.UNKNOWN),
        ("__mine.thing", Trust.UNKNOWN),
        ("mine.eval", Trust.RUNS_CODE),
        ("mine.eval.thing", Trust.UNKNOWN),
        ("mine os thing", Trust.RUNS_CODE),
        ("torch.load", Trust.RUNS_CODE),
        ("torch.float8_e5m2", Trust.ALLOWED),
        ("torch.int9", Trust.UNKNOWN),
        ("builtins.int", Trust.HARMLESS),
        ("builtins.set", Trust.ALLOWED),
    ):
        assert trust_in(path) is trust, path


def test_classes_and_methods_are_told_by_how_they_are_called() -> None:
    assert all(map(is_called_like_a_class, ("mine.Thing", "Thing", "a.__Thing")))
    assert not any(map(is_called_like_a_class, ("mine.thing", "Mine.thing", "", "a._", "a.3D")))
    assert all(map(is_plain_attribute, ("forward", "step2")))
    assert not any(map(is_plain_attribute, ("_x", "a.b", "", "eval", "os", "2x")))
