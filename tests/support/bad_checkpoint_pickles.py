"""Table of bad pickles inside a sound torch zip: code, damage, and nesting without end."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from support.bad_checkpoint_files import with_data
from support.bad_input import Bad
from support.build_checkpoints import (
    Numbers,
    a_model,
    torch_zip,
)
from support.build_pickles import RUNS_CODE, Call, Name, Raw, Stored, opcodes

CANARY = "touch canary"
W = Stored("FloatStorage", "0", 32)


def beside_weights(value: Any) -> Callable[[], bytes]:
    """A torch zip that holds a good tensor and `value`."""

    def build() -> bytes:
        numbers = Numbers()
        return torch_zip({"model": numbers.add_all(a_model()), "extra": value}, numbers)

    return build


def only_pickle(raw: bytes) -> Callable[[], bytes]:
    """A torch zip with this pickle."""
    return lambda: torch_zip(pickle=raw, numbers=Numbers(), value={})


def calls(module: str, name: str, *arguments: Any) -> Callable[[], bytes]:
    """A torch zip whose pickle calls a name."""
    return beside_weights(Call(Name(module, name), arguments))


def _stack_global(module: str, name: str) -> Raw:
    return Raw(opcodes(module) + opcodes(name) + b"\x93")


def _laughs() -> bytes:
    """A list of ten references to a list of ten references to a ..., 60 deep."""
    raw = b"\x80\x02]q\x00"
    for level in range(60):
        raw += b"](" + b"h" + bytes([level]) + (b"h" + bytes([level])) * 9 + b"eq" + bytes([level + 1])
    return raw + b"."


_NET = Name("mypkg.model", "Net")


def _getattr(owner: object, name: str) -> Call:
    return Call(Name("builtins", "getattr"), (owner, name))


# fmt: off
def _runs_code() -> list[Bad]:
    names = (
        "os.system", "posix.system", "nt.system", "subprocess.Popen", "subprocess.check_output",
        "builtins.eval", "builtins.exec", "builtins.getattr", "builtins.compile", "builtins.__import__",
        "builtins.open", "__builtin__.eval", "runpy.run_path", "importlib.import_module", "pty.spawn",
        "socket.socket", "ctypes.CDLL", "shutil.rmtree", "pickle.loads", "marshal.loads",
        "code.InteractiveInterpreter", "types.FunctionType", "operator.methodcaller", "torch.load",
        "torch.hub.load", "torch.storage._load_from_bytes", "torch.utils.cpp_extension.load",
        "torch.jit.load", "numpy.load", "webbrowser.open", "numpy.testing._private.utils.runstring",
        "pip.main", "timeit.timeit", "multiprocessing.util.spawnv_passfds",
        "asyncio.create_subprocess_shell", "bdb.Bdb", "cProfile.run", "dill.loads", "joblib.load",
        "mypkg.os.system",
    )
    return [Bad(f"calls {n}", calls(*n.rsplit(".", 1), CANARY), f"names {n}, which can run code") for n in names]
# fmt: on


BAD_PICKLES = [
    *_runs_code(),
    Bad("names os.system without calling it", beside_weights(Name("os", "system")), "names os.system"),
    Bad("os.system by protocol 4", beside_weights(_stack_global("os", "system")), "names os.system"),
    Bad("os through another module", beside_weights(_stack_global("torch.serialization", "os.system")), "can run code"),
    Bad("os through a model class", beside_weights(_stack_global("mypkg.model", "os.system")), "can run code"),
    Bad("INST", beside_weights(Raw(b"(X\x01\0\0\0xios\nsystem\n")), "names os.system"),
    Bad("OBJ", beside_weights(Raw(b"(cos\nsystem\nX\x01\0\0\0xo")), "names os.system"),
    Bad("NEWOBJ", beside_weights(Call(Name("subprocess", "Popen"), ("x",), new=True)), "subprocess.Popen"),
    Bad("NEWOBJ_EX", beside_weights(Raw(b"csubprocess\nPopen\n)}\x92")), "subprocess.Popen"),
    Bad("BUILD", beside_weights(Call(Name("os", "_wrap_close"), (), state={"a": 1})), "names os._wrap_close"),
    Bad("getattr as a value", beside_weights(Name("builtins", "getattr")), "names builtins.getattr"),
    Bad("getattr given away", calls("mypkg.model", "Net", Name("builtins", "getattr")), "names builtins.getattr"),
    Bad("getattr of a module", beside_weights(_getattr(Name("mypkg", "util"), "run")), "names builtins.getattr"),
    Bad("getattr of an inner name", beside_weights(_getattr(_NET, "__globals__")), "names builtins.getattr"),
    Bad("getattr of a call", beside_weights(_getattr(Call(_NET), "run")), "names builtins.getattr"),
    Bad("getattr by another name", beside_weights(_getattr(_NET, "eval")), "names builtins.getattr"),
    Bad("method that is called", beside_weights(Call(_getattr(_NET, "run"), (CANARY,))), "calls what another call"),
    Bad("method of a class", beside_weights(_getattr(_NET, "run")), "weights_only loading refuses", "warning"),
    Bad("dropped call", only_pickle(b"\x80\x02" + opcodes(RUNS_CODE) + b"0}."), "names os.system"),
    Bad("call in a key", beside_weights({"a": 1} | {(RUNS_CODE,): 2}), "names os.system"),
    Bad("call of a call", beside_weights(Call(Call(Name("mypkg", "Maker")), (CANARY,))), "calls what another call"),
    Bad("function of somebody's program", calls("mypkg.util", "make"), "not on the allow-list: loading it runs"),
    Bad("computed name", beside_weights(Raw(opcodes("os") + b"K\x01\x93")), "computes a name"),
    Bad("extension code", beside_weights(Raw(b"\x82\x05")), "extension 5"),
    Bad("name over two lines", beside_weights(Raw(b"cos system\nx\n")), "can run code"),
    Bad("argparse.Namespace", calls("argparse", "Namespace"), "needs argparse.Namespace", "warning"),
    Bad("pathlib.PosixPath", calls("pathlib", "PosixPath", "a"), "weights_only loading refuses", "warning"),
    Bad("omegaconf", calls("omegaconf.dictconfig", "DictConfig"), "omegaconf.dictconfig.DictConfig", "warning"),
    Bad("class of the training code", calls("train.config", "RunConfig"), "train.config.RunConfig", "warning"),
    Bad("pickle cut short", only_pickle(b"\x80\x02}q\x00X\xff\xff"), "the pickle is damaged"),
    Bad("pickle without end", only_pickle(b"\x80\x02}"), "the pickle is damaged"),
    Bad("unknown opcode", only_pickle(b"\x80\x02\xff."), "the pickle is damaged"),
    Bad("nothing on the stack", only_pickle(b"\x80\x02R."), "takes more values"),
    Bad("no value at all", only_pickle(b"."), "the pickle is damaged"),
    Bad("no mark", only_pickle(b"\x80\x02u."), "the pickle is damaged"),
    Bad("value never stored", only_pickle(b"\x80\x02h\x07."), "never stored"),
    Bad("key without value", only_pickle(b"\x80\x02}(NNNu."), "a key has no value"),
    Bad("item of a number", only_pickle(b"\x80\x02K\x01NNs."), "what is not a dict"),
    Bad("append to a number", only_pickle(b"\x80\x02K\x01Na."), "what is not a list"),
    Bad("object of nothing", only_pickle(b"\x80\x02(o."), "makes an object of nothing"),
    Bad("text id outside", only_pickle(b"Pabc\n."), "PERSID"),
    Bad("buffer outside", only_pickle(b"\x80\x05\x97."), "NEXT_BUFFER"),
    Bad("text of 2^60 bytes", only_pickle(b"\x80\x04\x8d" + struct.pack("<Q", 1 << 60) + b"x."), "damaged"),
    Bad("bytes of 4 GB", only_pickle(b"\x80\x03B\xff\xff\xff\xffx."), "damaged"),
    Bad("number of 2 GB", only_pickle(b"\x80\x02\x8b\xff\xff\xff\x7fx."), "damaged"),
    Bad("number of 5000 digits", only_pickle(b"I" + b"9" * 5000 + b"\n."), "damaged"),
    Bad("2,000,001 opcodes", only_pickle(b"N0" * 1_000_001 + b"}."), "more than 2,000,000 opcodes"),
    Bad("5,001 open marks", only_pickle(b"(" * 5001 + b"."), "nests more than 5,000"),
    Bad("100,000 nested tuples", only_pickle(b")" + b"\x85" * 100_000 + b"."), "nests deeper", "warning-and-error"),
    Bad("list that holds itself", only_pickle(b"\x80\x02]q\x00h\x00a."), "holds no tensors"),
    Bad("billion laughs", only_pickle(_laughs()), "holds no tensors"),
    Bad("protocol 4", beside_weights(Raw(b"\x80\x04N")), "of protocol 4", "warning"),
    Bad("bytes after the pickle", with_data("data.pkl", lambda d: d + b"junk"), "4 bytes follow", "warning"),
    Bad("reference to nothing", beside_weights(Raw(opcodes(("model", 1)) + b"Q")), "not one to a storage"),
    Bad("reference by number", beside_weights(Raw(b"K\x01Q")), "not one to a storage"),
    Bad(
        "module source",
        beside_weights(Raw(opcodes(("module", Name("m", "M"), "m.py", "x")) + b"Q")),
        "source",
        "warning",
    ),
]
BAD_PICKLES = [
    Bad(b.name, b.build, "holds no tensors") if b.severity == "warning-and-error" else b for b in BAD_PICKLES
]
