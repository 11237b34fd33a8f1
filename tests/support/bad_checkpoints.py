"""The table of bad checkpoints: a name, how to build it, how severe it is, and words the finding must hold."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from support.build_checkpoints import (
    Numbers,
    a_model,
    a_value,
    hdf5,
    keras,
    one_tensor,
    safetensors,
    torch_legacy,
    torch_zip,
    weights,
)
from support.build_pickles import REBUILD, Call, Name, Raw, Stored, opcodes, pickled, tensor
from support.build_zips import DEFLATED, Entry, local_header, raw_zip, zip64

Edit = Callable[[list[Entry]], list[Entry]]


@dataclass(frozen=True)
class Bad:
    """One bad input."""

    name: str
    build: Callable[[], bytes]
    text: str
    severity: str = "error"


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("model.pt"))
    return out.getvalue()


def _npz() -> bytes:
    out = io.BytesIO()
    np.savez(out, a=np.zeros(3))
    return out.getvalue()


BAD_FILES = [
    Bad("0 bytes", lambda: b"", "0 bytes"),
    Bad("HTML page", lambda: b"<!DOCTYPE html><html>404</html>", "an HTML page"),
    Bad("Git LFS pointer", lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
    Bad("plain pickle", lambda: pickle.dumps({"a": 1}), "a plain pickle"),
    Bad("plain pickle that runs code", lambda: pickled(SYSTEM), "a plain pickle"),
    Bad("gzip of a checkpoint", lambda: gzip.compress(torch_zip()), "a gzip"),
    Bad("text", lambda: b"epoch,train_loss\n1,0.5\n", "found text"),
    Bad("JSON", lambda: b'{"epoch": 1}', "JSON text"),
    Bad("zeros", lambda: bytes(8192), "nothing but zeros"),
    Bad("random bytes", lambda: np.random.default_rng(4).bytes(4000), "of no known format"),
    Bad("picture", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG picture"),
    Bad("program", lambda: b"\x7fELF" + bytes(100), "a program"),
    Bad("tar", _tar, "a tar archive"),
    Bad("NumPy arrays", _npz, "NumPy arrays"),
    Bad("empty zip", lambda: raw_zip([]), "an empty zip"),
    Bad("zip of something else", lambda: raw_zip([Entry("notes.txt", b"hello")]), "without `data.pkl`"),
    Bad("merge conflict", lambda: b"<<<<<<< HEAD\n", "merge conflict"),
]


def zipped(edit: Edit) -> Callable[[], bytes]:
    """A torch zip with edited entries."""
    return lambda: torch_zip(edit=edit)


def changed(number: int, **fields: Any) -> Callable[[], bytes]:
    """A torch zip of which one entry lies."""

    def edit(entries: list[Entry]) -> list[Entry]:
        for key, value in fields.items():
            setattr(entries[number], key, value)
        return entries

    return lambda: torch_zip(edit=edit)


def without(ending: str) -> Callable[[], bytes]:
    """A torch zip without the entry of that name."""
    return zipped(lambda entries: [one for one in entries if not one.name.endswith(ending)])


def with_data(ending: str, change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    """A torch zip in which one entry has other contents (and a CRC that fits them)."""

    def edit(entries: list[Entry]) -> list[Entry]:
        for one in entries:
            if one.name.endswith(ending):
                one.data = change(one.data)
        return entries

    return lambda: torch_zip(edit=edit)


def _comment_with_end_record() -> bytes:
    inner = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 0)
    return torch_zip(comment=inner)


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :]


def _flipped_weight() -> bytes:
    data = torch_zip()
    return _flipped(data, data.index(weights(1).tobytes()) + 5)


def _flipped_deflate() -> bytes:
    def edit(entries: list[Entry]) -> list[Entry]:
        for one in entries:
            if one.name.endswith("data/0"):
                one.method = DEFLATED
        return entries

    data = torch_zip(edit=edit)
    return _flipped(data, data.index(b"archive/data/0") + 40)


def _bomb_entry() -> bytes:
    def edit(entries: list[Entry]) -> list[Entry]:
        one = next(e for e in entries if e.name.endswith("data/0"))
        one.size, one.method, one.data = len(one.data), DEFLATED, bytes(50 << 20)
        return entries

    return torch_zip(edit=edit)


def _zip64(offset_by: int = 0, *, contradict: bool = False) -> bytes:
    data = torch_zip()
    end = data.rindex(b"PK\x05\x06")
    count, _, offset = struct.unpack("<HII", data[end + 10 : end + 20])
    made = zip64(data[:end], count, offset + offset_by)
    return made[:-12] + struct.pack("<H", count + 1) + made[-10:] if contradict else made


def _zip64_far_away() -> bytes:
    data = _zip64()
    at = data.rindex(b"PK\x06\x07")
    return data[: at + 8] + struct.pack("<Q", 1 << 60) + data[at + 16 :]


BAD_ZIPS = [
    Bad("cut in half", lambda: torch_zip()[: len(torch_zip()) // 2], "cut short"),
    Bad("last byte missing", lambda: torch_zip()[:-1], "cut short"),
    Bad("100 bytes appended", lambda: torch_zip() + b"x" * 100, "100 bytes follow"),
    Bad("two end records", _comment_with_end_record, "two end records"),
    Bad("directory said to be elsewhere", lambda: torch_zip(offset=0), "bytes were added or lost"),
    Bad("bytes before the directory", lambda: torch_zip(gap=b"x" * 9, offset=1), "bytes were added or lost"),
    Bad("more entries claimed", lambda: torch_zip(count=60000), "expected 60,000 entries"),
    Bad("fewer entries claimed", lambda: torch_zip(count=3), "follow the 3 entries"),
    Bad("directory of 4 GB claimed", lambda: torch_zip(length=0xFFFFFFF0), "directory claims"),
    Bad("one of several disks", lambda: torch_zip(disk=3), "one part of several"),
    Bad("entry outside the file", changed(2, header_offset=1 << 30), "outside the contents"),
    Bad("entry longer than the file", changed(5, packed_size=1 << 30, size=1 << 30), "only"),
    Bad("overlapping entries", lambda: torch_zip(edit=_overlap), "overlap"),
    Bad("repeated entry", zipped(lambda e: [*e, e[3]]), "two entries of this name"),
    Bad("encrypted entry", changed(3, flags=1), "encrypted"),
    Bad("unknown compression", changed(3, method=93), "zstandard"),
    Bad("stored with two sizes", changed(3, size=10), "claims 10 bytes in"),
    Bad("another name at the contents", changed(3, local_name="archive/data/x"), "at its contents"),
    Bad("another method at the contents", changed(3, local_method=8), "another compression method"),
    Bad("another size at the contents", changed(3, local_size=3), "other sizes"),
    Bad("no header at the contents", changed(3, magic=b"PKxx"), "expected its header"),
    Bad("two root folders", zipped(lambda e: [*e, Entry("other/x", b"1")]), "expected one root folder"),
    Bad("entry without root folder", zipped(lambda e: [*e, Entry("x", b"1")]), "outside of any"),
    Bad("pickle without root folder", lambda: raw_zip([Entry("data.pkl", pickled({}))]), "outside of any"),
    Bad("zip64 directory elsewhere", lambda: _zip64(5), "expected 9 entries in the zip directory, found 0"),
    Bad("zip64 record outside the file", _zip64_far_away, "outside the file"),
    Bad("end records contradict", lambda: _zip64(contradict=True), "contradict"),
    Bad("zip64 field missing", changed(3, size=0xFFFFFFFF), "zip64 field"),
    Bad("flipped weight byte", _flipped_weight, "CRC of the contents does not match"),
    Bad("wrong CRC of the pickle", changed(0, crc32=1), "CRC of the contents does not match"),
    Bad("damaged compressed entry", _flipped_deflate, "archive/data/0"),
    Bad("entry unpacks to more than declared", _bomb_entry, "unpacks to more"),
    Bad("zipped again", changed(3, method=DEFLATED), "another program zipped it", "warning"),
    Bad("no version", without("/version"), "`version` is missing"),
    Bad("version is no number", with_data("/version", lambda _: b"three"), "expected a number"),
    Bad("version of the future", with_data("/version", lambda _: b"99"), "newer than", "warning"),
    Bad("unknown byte order", with_data("/byteorder", lambda _: b"middle"), "byte order"),
    Bad("byte order of 1 MB", with_data("/byteorder", lambda _: b"l" * (1 << 20)), "at most 64"),
    Bad("TorchScript", zipped(lambda e: [*e, Entry("archive/code/m.py", b"pass")]), "TorchScript"),
    Bad("numbers missing", without("data/0"), "stored numbers are missing"),
    Bad("numbers too short", with_data("data/0", lambda d: d[:-4]), "expected 128 bytes"),
    Bad("numbers too long", with_data("data/0", lambda d: d + b"1234"), "found 132"),
    Bad("numbers of no tensor", zipped(lambda e: [*e, Entry("archive/data/99", b"1234")]), "belongs to no", "warning"),
    Bad("no CRC recorded", zipped(lambda e: [_no_crc(one) for one in e]), "no checksum recorded", "note"),
]


def _overlap(entries: list[Entry]) -> list[Entry]:
    """A second entry that lies inside the contents of another one."""
    hidden = Entry("archive/data/77", bytes(8))
    entries[2].data = local_header(hidden, hidden.data) + hidden.data
    hidden.header_offset = _offset_of(entries, 2)
    return [*entries, hidden]


def _offset_of(entries: list[Entry], number: int) -> int:
    before = sum(30 + len(one.name) + len(one.data) for one in entries[:number])
    return before + 30 + len(entries[number].name)


def _no_crc(entry: Entry) -> Entry:
    entry.crc32 = 0
    return entry


CANARY = "touch canary"
SYSTEM = Call(Name("os", "system"), (CANARY,))
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
    Bad("dropped call", only_pickle(b"\x80\x02" + opcodes(SYSTEM) + b"0}."), "names os.system"),
    Bad("call in a key", beside_weights({"a": 1} | {(SYSTEM,): 2}), "names os.system"),
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


def one_stored(**changes: Any) -> Callable[[], bytes]:
    """A torch zip with one tensor that lies about itself."""
    return lambda: one_tensor(weights(), **changes)


def rebuilt(*arguments: Any) -> Callable[[], bytes]:
    """A torch zip with a tensor of these arguments."""
    return beside_weights(Call(REBUILD, arguments))


def numbers_with(value: float, at: int = 3, kind: str = "<f4") -> Callable[[], bytes]:
    """A torch zip of which one weight is another value."""

    def build() -> bytes:
        array = weights().astype(kind)
        array.flat[at] = value
        return one_tensor(array)

    return build


def _twice_described() -> bytes:
    numbers = Numbers()
    first = numbers.add(weights())
    other = tensor(Stored("DoubleStorage", "0", 16), (4, 4))
    return torch_zip({"a": first, "b": other}, numbers)


def _only_optimizer() -> bytes:
    numbers = Numbers()
    return torch_zip({"optimizer": {"state": {0: {"exp_avg": numbers.add(weights())}}}}, numbers)


def _meta() -> bytes:
    numbers = Numbers()
    meta = Call(Name("torch._utils", "_rebuild_meta_tensor_no_storage"), (Name("torch", "float32"), (3,), (1,), False))
    return torch_zip({"w": numbers.add(weights()), "m": meta}, numbers)


def _mask() -> bytes:
    numbers = Numbers()
    mask = np.triu(np.full((6, 6), -np.inf, "<f4"), 1)
    return torch_zip({"w": numbers.add(weights()), "attn.mask": numbers.add(mask)}, numbers)


def _nan_in_optimizer() -> bytes:
    numbers = Numbers()
    value = a_value(numbers)
    numbers.blocks["5"] = np.full(32, np.nan, "<f4").tobytes()
    return torch_zip(value, numbers)


def _zeros() -> bytes:
    numbers = Numbers()
    return torch_zip(numbers.add_all({"a": np.zeros((8, 4), "<f4"), "b": np.zeros(4, "<f4")}), numbers)


def _one_constant() -> bytes:
    numbers = Numbers()
    return torch_zip(numbers.add_all({"a": np.full((8, 4), 0.5, "<f4"), "b": weights()}), numbers)


HUGE = 1 << 62
BAD_CONTENTS = [
    Bad("empty dict", lambda: torch_zip({}, Numbers()), "holds no tensors"),
    Bad("no tensors", lambda: torch_zip({"epoch": 3}, Numbers()), "holds no tensors"),
    Bad("a number", lambda: torch_zip(3, Numbers()), "holds no tensors"),
    Bad("only an optimizer", _only_optimizer, "no weights of a model"),
    Bad("tensors without numbers", lambda: one_tensor(np.zeros((0, 4), "<f4")), "not one number"),
    Bad("meta tensor", _meta, "meta tensor", "warning"),
    Bad("NaN", numbers_with(np.nan), "holds 1 NaN of 32"),
    Bad("infinity", numbers_with(np.inf), "holds 1 infinite of 32"),
    Bad("minus infinity", numbers_with(-np.inf), "holds 1 infinite of 32"),
    Bad("NaN in half precision", numbers_with(np.nan, kind="<f2"), "holds 1 NaN"),
    Bad("NaN in double precision", numbers_with(np.nan, kind="<f8"), "holds 1 NaN"),
    Bad("NaN in the optimizer", _nan_in_optimizer, "the optimizer's state holds 32 NaN"),
    Bad("attention mask", _mask, "as an attention mask does", "note"),
    Bad("every weight 0", _zeros, "every weight is 0", "warning"),
    Bad("one matrix constant", _one_constant, "one number throughout in 1 weight matrix: a", "warning"),
    Bad("shape larger than storage", one_stored(shape=(8, 5)), "needs 40 numbers, but its storage has 32"),
    Bad("offset behind storage", one_stored(offset=1), "needs 33 numbers"),
    Bad("strides behind storage", one_stored(stride=(40, 1)), "but its storage has 32"),
    Bad("2^62 by 2^62", one_stored(shape=(HUGE, HUGE)), "but its storage has 32"),
    Bad("64 dimensions of 2^62", one_stored(shape=(HUGE,) * 64, stride=(1,) * 64), "but its storage has 32"),
    Bad("65 dimensions", one_stored(shape=(1,) * 65), "at most 64 numbers"),
    Bad("negative size", one_stored(shape=(-8, 4)), "whole number from 0"),
    Bad("size of 2^80", one_stored(shape=(1 << 80,)), "whole number from 0"),
    Bad("negative stride", one_stored(stride=(-4, 1)), "whole number from 0"),
    Bad("text as size", one_stored(shape=("8", 4)), "whole number from 0"),
    Bad("truth as size", one_stored(shape=(True, 4)), "whole number from 0"),
    Bad("fewer strides than sizes", one_stored(stride=(1,)), "as many strides as dimensions"),
    Bad("more numbers declared", one_stored(count=64), "expected 256 bytes for 64 numbers"),
    Bad("negative count", one_stored(count=-1), "length of a storage"),
    Bad("count of 2^62", one_stored(count=HUGE), "found 128"),
    Bad("another type declared", one_stored(kind="DoubleStorage"), "for 32 numbers of float64"),
    Bad("unknown storage type", one_stored(kind="MyStorage"), "unknown type"),
    Bad("storage described twice", _twice_described, "described twice"),
    Bad("tensor of too few arguments", rebuilt(W, 0), "at least 4 arguments"),
    Bad("tensor without storage", rebuilt(3, 0, (1,), (1,)), "expected a storage"),
    Bad("tensor of no arguments", beside_weights(Call(REBUILD, "x")), "at least 4 arguments"),
    Bad(
        "dtype that is none", calls("torch._utils", "_rebuild_tensor_v3", W, 0, (1,), (1,), 0, 0, 3), "expected a dtype"
    ),
]


def legacy(change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    """An old torch file, changed."""
    return lambda: change(torch_legacy())


def _legacy_without_count() -> bytes:
    numbers = Numbers(legacy=True)
    value = a_value(numbers)
    numbers.counts["0"] = 31
    return torch_legacy(value, numbers)


BAD_LEGACY = [
    Bad("old format: only the magic", legacy(lambda d: d[:16]), "the pickle is damaged"),
    Bad("old format: cut in a pickle", legacy(lambda d: d[:300]), "the pickle is damaged"),
    Bad("old format: numbers cut short", legacy(lambda d: d[:-3]), "before the numbers do"),
    Bad("old format: no numbers", lambda: torch_legacy()[: -(32 + 8 + 16 + 1 + 32 + 1) * 4], "cut short"),
    Bad("old format: bytes appended", legacy(lambda d: d + b"xyz"), "3 bytes follow"),
    Bad("old format: another count", _legacy_without_count, "expected 32 numbers, found a block of 31"),
    Bad("old format: key missing", lambda: torch_legacy(keys=["0", "1"]), "numbers of 4 storages are missing"),
    Bad(
        "old format: key too many", lambda: torch_legacy(keys=[*"012345", "99"]), "1 stored blocks belong to no tensor"
    ),
    Bad("old format: keys are numbers", lambda: torch_legacy(keys=[0, 1]), "list of storage keys"),  # type: ignore[list-item]
    Bad("old format: other protocol", lambda: torch_legacy(protocol=7), "expected format 1001"),
    Bad("old format: runs code", lambda: torch_legacy({"w": SYSTEM}, Numbers(legacy=True)), "names os.system"),
    Bad("old format: no tensors", lambda: torch_legacy({}, Numbers(legacy=True)), "holds no tensors"),
    Bad("old format: no checksum", torch_legacy, "no checksum recorded", "note"),
]


def safe(edit: Callable[[dict[str, Any]], Any]) -> Callable[[], bytes]:
    """A safetensors file with a changed header."""
    return lambda: safetensors(edit=edit)


def header(value: Any) -> Callable[[], bytes]:
    """A safetensors file with another header."""
    return lambda: safetensors(header=value)


def _nan_safetensors() -> bytes:
    return safetensors({"a.weight": np.array([1, np.nan, 3], "<f4"), "b": weights()})


def _twice() -> bytes:
    entry = json.dumps({"dtype": "F32", "shape": [0], "data_offsets": [0, 0]})
    return b'{"a": %s, "a": %s}' % (entry.encode(), entry.encode())


BAD_OTHERS = [
    Bad("safetensors: cut short", lambda: safetensors()[:-3], "cut short"),
    Bad("safetensors: header cut", lambda: safetensors()[:40], "cut short"),
    Bad("safetensors: header of 90 MB", lambda: struct.pack("<Q", 90_000_000) + b"{" + bytes(99), "cut short"),
    Bad("safetensors: no JSON", header(b"{nothing"), "not JSON"),
    Bad("safetensors: a name twice", lambda: safetensors(header=_twice()), "twice"),
    Bad("safetensors: NaN in the header", header(b'{"a": NaN}'), "JSON does not know"),
    Bad("safetensors: 100,000 brackets", header(b'{"a":' + b"[" * 100_000), "not JSON"),
    Bad("safetensors: 5 million commas", header(b'{"a":[' + b"0," * 5_000_000 + b"0]}"), "parts"),
    Bad("safetensors: digits without end", header(b'{"a":' + b"9" * 10_000 + b"}"), "not JSON"),
    Bad("safetensors: wrong encoding", header(b'{"\xff":1}'), "not JSON"),
    Bad("safetensors: no tensors", header({}), "holds no tensors"),
    Bad("safetensors: only metadata", header({"__metadata__": {"format": "pt"}}), "holds no tensors"),
    Bad("safetensors: gap", safe(lambda h: h["head.weight"].update(data_offsets=[164, 228])), "belong to no tensor"),
    Bad("safetensors: overlap", safe(lambda h: h["head.weight"].update(data_offsets=[156, 220])), "inside the tensor"),
    Bad("safetensors: behind the end", safe(lambda h: h["steps"].update(data_offsets=[900, 908])), "there are 232"),
    Bad("safetensors: backwards", safe(lambda h: h["steps"].update(data_offsets=[8, 0])), "offsets span -8"),
    Bad("safetensors: wrong size", safe(lambda h: h["steps"].update(shape=[2])), "needs 16 bytes"),
    Bad("safetensors: negative", safe(lambda h: h["steps"].update(shape=[-1])), "expected `dtype`"),
    Bad("safetensors: fraction", safe(lambda h: h["steps"].update(shape=[1.5])), "expected `dtype`"),
    Bad("safetensors: truth as size", safe(lambda h: h["steps"].update(shape=[True])), "expected `dtype`"),
    Bad("safetensors: no shape", safe(lambda h: h["steps"].pop("shape")), "expected `dtype`"),
    Bad("safetensors: three offsets", safe(lambda h: h["steps"]["data_offsets"].append(9)), "expected `dtype`"),
    Bad("safetensors: entry is a number", safe(lambda h: h.update(steps=3)), "expected `dtype`"),
    Bad("safetensors: metadata of numbers", safe(lambda h: h.update(__metadata__={"a": 1})), "map text to text"),
    Bad("safetensors: unknown type", safe(lambda h: h["steps"].update(dtype="F99")), "type F99", "warning"),
    Bad("safetensors: appended", lambda: safetensors(tail=b"12345"), "5 bytes follow"),
    Bad("safetensors: NaN", _nan_safetensors, "holds 1 NaN of 3"),
    Bad("HDF5: cut short", lambda: hdf5(1000, claims=2000), "names byte 2,000 as its end"),
    Bad("HDF5: cut short (version 3)", lambda: hdf5(1000, claims=2000, version=3), "names byte 2,000 as its end"),
    Bad("HDF5: only a signature", lambda: hdf5()[:8], "cut short"),
    Bad("HDF5: unknown version", lambda: hdf5()[:8] + b"\x09" + hdf5()[9:], "not known here", "warning"),
    Bad("HDF5: numbers not read", hdf5, "HDF5 numbers are not read", "note"),
    Bad(
        "HDF5: left open", lambda: hdf5(version=3)[:11] + b"\x01" + hdf5(version=3)[12:], "open for writing", "warning"
    ),
    Bad("Keras: no weights", lambda: keras(lambda e: e[:2]), "weights are missing"),
    Bad("Keras: weights empty", lambda: keras(lambda e: [*e[:2], Entry(e[2].name)]), "has 0 bytes"),
    Bad("Keras: weights cut", lambda: keras(lambda e: [*e[:2], Entry(e[2].name, hdf5()[:999])]), "as its end"),
    Bad("Keras: weights are none", lambda: keras(lambda e: [*e[:2], Entry(e[2].name, b"x" * 99)]), "HDF5 signature"),
    Bad("Keras: no metadata", lambda: keras(lambda e: e[1:]), "missing or cannot be read"),
    Bad("Keras: broken JSON", lambda: keras(lambda e: [e[0], Entry("config.json", b"{"), e[2]]), "not JSON"),
    Bad("Keras: wrong CRC", lambda: keras(lambda e: [*e[:2], Entry(e[2].name, hdf5(), crc32=5)]), "CRC"),
    Bad("Keras: cut short", lambda: keras()[:-30], "cut short"),
]


def zip_with(name: str, data: bytes) -> bytes:
    """A zip written by the standard library."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()
