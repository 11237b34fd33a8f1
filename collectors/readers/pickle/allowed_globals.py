"""A name inside a pickle -> how far it is trusted. Pure; nothing is imported to find out.

Input: dotted names. Output: `Trust`. Names that rebuild tensors and plain containers are allowed,
names that can run code are known by their module, and everything else is unknown: loading with
`weights_only` refuses it, and so does this reader, by name.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import accumulate
from typing import Final


class Trust(Enum):
    """How far a name is trusted."""

    ALLOWED = auto()
    """`weights_only` loading accepts it; this reader understands it."""
    HARMLESS = auto()
    """Known to hold plain data, although `weights_only` loading refuses it."""
    UNKNOWN = auto()
    """A class or function of somebody's program."""
    RUNS_CODE = auto()
    """Can run commands, read or write files, or reach the network when the pickle is loaded."""


def _words(text: str) -> list[str]:
    return text.split()


_TENSOR_KINDS: Final = _words("Float Double Half BFloat16 Long Int Short Char Byte Bool")
_STORAGE_KINDS: Final = [*_TENSOR_KINDS, "ComplexFloat", "ComplexDouble"]
_REBUILDERS: Final = _words(
    "_rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter _rebuild_parameter_with_state "
    "_rebuild_qtensor _rebuild_sparse_tensor _rebuild_nested_tensor _rebuild_meta_tensor_no_storage "
    "_rebuild_wrapper_subclass _rebuild_device_tensor_from_numpy _rebuild_device_tensor_from_cpu_tensor"
)
_DTYPE: Final = re.compile(
    r"torch\.(float(16|32|64)|bfloat16|float8_\w{4,12}|float4_e2m1fn_x2|complex(32|64|128)|u?int[1-7]"
    r"|u?int(8|16|32|64)|bool|half|float|double|long|int|short|q(u?int8|int32|uint4x2|uint2x4)|bits\w{1,6}"
    r"|per_(tensor|channel)_\w{1,24})"
)

ALLOWED: Final = frozenset(
    [f"torch._utils.{name}" for name in _REBUILDERS]
    + [f"torch.{where}{kind}Storage" for where in ("", "cuda.") for kind in _STORAGE_KINDS]
    + [f"torch.{kind}Storage" for kind in _words("QInt8 QUInt8 QInt32 QUInt4x2 QUInt2x4")]
    + ["torch.storage.UntypedStorage", "torch.storage.TypedStorage"]
    + [f"torch.{where}{kind}Tensor" for where in ("", "cuda.", "sparse.", "cuda.sparse.") for kind in _TENSOR_KINDS]
    + ["torch._tensor._rebuild_from_type_v2", "torch.Tensor", "torch.Size", "torch.device"]
    + ["torch.nn.parameter.Parameter", "torch.serialization._get_layout"]
    + ["collections.OrderedDict", "collections.Counter", "_codecs.encode"]
    + [f"{module}.{name}" for module in ("builtins", "__builtin__") for name in ("set", "bytearray", "complex")]
)

_HARMLESS: Final = frozenset(
    [f"{m}.{n}" for m in ("builtins", "__builtin__") for n in _words("list dict tuple frozenset int float str bool")]
    + [f"{m}.{n}" for m in ("builtins", "__builtin__") for n in _words("bytes object slice range xrange unicode long")]
    + [f"numpy.{core}.multiarray.{name}" for core in ("core", "_core") for name in ("scalar", "_reconstruct")]
    + [f"numpy.{core}.numeric._frombuffer" for core in ("core", "_core")]
    + ["numpy.dtype", "numpy.ndarray", "numpy.random._pickle.__randomstate_ctor", "functools.partial"]
    + ["numpy.random._pickle.__generator_ctor", "numpy.random._pickle.__bit_generator_ctor"]
    + [f"{module}.{name}" for module in ("copyreg", "copy_reg") for name in ("_reconstructor", "__newobj__")]
    + ["collections.defaultdict", "collections.deque", "datetime.datetime", "datetime.date", "datetime.timedelta"]
    + ["datetime.timezone", "logging.getLogger", "argparse.Namespace", "types.SimpleNamespace", "uuid.UUID"]
    + [f"pathlib.{kind}{name}" for kind in ("", "Pure") for name in ("Path", "PosixPath", "WindowsPath")]
    + ["decimal.Decimal", "fractions.Fraction", "io.BytesIO", "io.StringIO", "_io.BytesIO", "_io.StringIO"]
)

_RUNS_CODE_MODULES: Final = frozenset(
    _words(
        "os posix nt posixpath ntpath genericpath subprocess _posixsubprocess commands popen2 sys runpy "
        "importlib imp pkgutil pty platform shutil tempfile fileinput socket socketserver ssl select asyncio "
        "signal threading _thread thread multiprocessing _winapi winreg msvcrt ctypes _ctypes cffi code "
        "codeop bdb pdb cmd profile cProfile pstats timeit trace doctest unittest test pydoc webbrowser "
        "antigravity this idlelib pickle _pickle cPickle marshal shelve dbm sqlite3 copyreg copy_reg operator "
        "_operator builtins __builtin__ io _io atexit sched mailcap smtplib ftplib telnetlib nntplib poplib "
        "imaplib http urllib urllib2 httplib xmlrpc cgi cgitb wsgiref turtle tkinter curses readline "
        "rlcompleter site venv ensurepip pip setuptools distutils pkg_resources zipimport zipapp compileall "
        "py_compile logging.config lib2to3 types faulthandler dill cloudpickle joblib jsonpickle requests "
        "aiohttp httpx paramiko fabric pexpect IPython torch.hub torch.jit torch.package "
        "torch.utils.cpp_extension torch.distributed.run torch.utils.data.datapipes torch.serialization "
        "torch.storage torch.multiprocessing torch._dynamo torch._inductor torch.utils.bottleneck "
        "torch.utils.collect_env torch.fx torch.ops torch.classes torch.library torch.onnx torch.compiler "
        "torch.export numpy.distutils numpy.f2py numpy.testing numpy.lib.npyio numpy.ctypeslib sympy"
    )
)
_RUNS_CODE_NAMES: Final = frozenset(
    _words(
        "system popen spawn execv execl eval exec execfile compile __import__ getattr setattr delattr globals "
        "locals vars open input breakpoint Popen check_output check_call import_module run_module run_path "
        "runstring exec_command genfromtxt fromfile memmap"
    )
)
_REACHED: Final = frozenset(_words("os sys posix nt subprocess importlib builtins ctypes pickle"))
_RUNS_CODE_PATHS: Final = frozenset(["torch.load", "torch.save", "torch.compile", "numpy.load", "numpy.save"])


GETATTR: Final = frozenset(["builtins.getattr", "__builtin__.getattr"])
"""How pickle writes a method of a class, and how an attack reaches everything: what it is given decides."""


def trust_in(path: str) -> Trust:
    """Say how far a dotted name is trusted. Names may hide others, so every part is looked at."""
    if path in ALLOWED or _DTYPE.fullmatch(path):
        return Trust.ALLOWED
    if path in _HARMLESS:
        return Trust.HARMLESS
    return Trust.RUNS_CODE if _can_run_code(path) else Trust.UNKNOWN


def is_called_like_a_class(path: str) -> bool:
    """The last part of the name begins like a class name: `Namespace`, `_Config`."""
    return path.rpartition(".")[2].lstrip("_")[:1].isupper()


def is_plain_attribute(name: str) -> bool:
    """Whether an attribute of a class is a method like any other: no inner one, and not called like what runs code."""
    return name.isidentifier() and not name.startswith("_") and name not in _RUNS_CODE_NAMES | _REACHED


def _can_run_code(path: str) -> bool:
    parts = re.split(r"[.\s]", path)
    if path in _RUNS_CODE_PATHS or parts[-1] in _RUNS_CODE_NAMES:
        return True
    if not _RUNS_CODE_MODULES.isdisjoint(accumulate(parts[:4], "{}.{}".format)):
        return True
    # `torch.serialization.os.system`: protocol 4 reaches a module through another one's attributes.
    return any(part in _REACHED or part.startswith("__") for part in parts[1:-1])
