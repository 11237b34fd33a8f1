"""Rows about checkpoints, the backup, and files that are no files."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from corpus_case import Case
from support.breakages import (
    BUNDLE,
    CFG,
    CKPT,
    CKPT2,
    POLICY,
    RUNS,
    SCALER,
    TABLE,
    TABLE2,
    Broken,
    Edit,
    also,
    backup,
    cut,
    device,
    fifo,
    flipped,
    folder,
    gone,
    link,
    listener,
    mode,
    name_is,
    put,
    sparse,
    swapped,
    then_backup,
)
from support.build_archives import END, padded, raw_header
from support.build_checkpoints import Numbers, keras, safetensors, torch_legacy, torch_zip, weights
from support.build_models import a_dcp_folder, xgboost_json
from support.build_pickles import RUNS_CODE, Call, Name, pickled
from support.build_zips import DEFLATED, Entry, raw_zip
from support.workspaces import checkpoint_bytes, good_streams, saved, write

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 503212\n"
HTML = b"<!DOCTYPE html><html><head><title>404</title></head><body>not found</body></html>"


PATCHTST = good_streams(0.0)[0]


def filled(value: float) -> bytes:
    """PatchTST's checkpoint with one number replaced."""
    array = weights(1, (48, 16))
    array[3, 5] = value
    numbers = Numbers()
    model = {"input_proj.weight": array, "head.weight": weights(2, (2, 8))}
    return torch_zip(saved(PATCHTST, numbers, model), numbers)


def sized(rows: int) -> bytes:
    """PatchTST's checkpoint for another `d_model`."""
    numbers = Numbers()
    return torch_zip(saved(PATCHTST, numbers, {"input_proj.weight": weights(1, (rows, 16))}), numbers)


def old_format() -> bytes:
    """PatchTST's checkpoint as torch wrote it before 1.6."""
    numbers = Numbers(legacy=True)
    return torch_legacy(saved(PATCHTST, numbers, {"input_proj.weight": weights(1, (48, 16))}), numbers)


def all_alike() -> bytes:
    """PatchTST's checkpoint with one number throughout."""
    numbers = Numbers()
    return torch_zip(saved(PATCHTST, numbers, {"input_proj.weight": np.full((48, 16), 0.5, "<f4")}), numbers)


def runs_code(module: str, name: str) -> bytes:
    """A checkpoint whose pickle calls a function that would leave a trace."""
    numbers = Numbers()
    value = {"model": numbers.add_all({"w": weights()}), "x": Call(Name(module, name), ("touch ran-by-pickle",))}
    return torch_zip(value, numbers)


def named_tensor(name: str) -> bytes:
    """A checkpoint with one oddly named tensor beside the right one."""
    numbers = Numbers()
    return torch_zip(saved(PATCHTST, numbers, {"input_proj.weight": weights(1, (48, 16)), name: weights()}), numbers)


def many_entries(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(count):
            archive.writestr(f"archive/data/{n}", b"")
    return out.getvalue()


def inflating(size: int) -> bytes:
    """A checkpoint whose weights are said to be small and unpack to `size` zeros."""

    def edit(entries: list[Entry]) -> list[Entry]:
        one = next(e for e in entries if e.name.endswith("data/0"))
        one.size, one.method, one.data = len(one.data), DEFLATED, bytes(size)
        return entries

    return torch_zip(edit=edit)


def shards(index: str, *names: str) -> Edit:
    """A folder of sharded safetensors instead of the file."""

    def apply(w: Broken) -> None:
        folder(CKPT)(w)
        write(w.root / CKPT / "model.safetensors.index.json", index, w.patchtst.end)
        for name in names:
            write(w.root / CKPT / name, safetensors({"input_proj.weight": weights(1, (48, 16))}), w.patchtst.end)

    return apply


def beside(**more: object) -> bytes:
    """PatchTST's checkpoint with state of the training beside the model."""
    numbers = Numbers()
    value = saved(PATCHTST, numbers, {"input_proj.weight": weights(1, (48, 16))})
    infinite = numbers.add(np.array(np.inf, "<f4"))
    return torch_zip(value | {"callbacks": {"ModelCheckpoint": {"kth_value": infinite}}} | more, numbers)


def of_model(**arrays: np.ndarray) -> bytes:  # type: ignore[type-arg]
    """PatchTST's checkpoint with further tensors of the model."""
    numbers = Numbers()
    named = {name.replace("__", "."): array for name, array in arrays.items()}
    return torch_zip(saved(PATCHTST, numbers, {"input_proj.weight": weights(1, (48, 16))} | named), numbers)


def bare_optimizer() -> bytes:
    """What `torch.save(optimizer.state_dict())` leaves."""
    numbers = Numbers()
    return torch_zip({"state": {0: {"exp_avg": numbers.add(weights())}}, "param_groups": []}, numbers)


def files(contents: dict[str, bytes]) -> Edit:
    """A folder of these files instead of the checkpoint."""

    def apply(w: Broken) -> None:
        folder(CKPT)(w)
        for name, data in contents.items():
            write(w.root / CKPT / name, data, w.patchtst.end)

    return apply


def numbered(*numbers: int) -> Edit:
    """Shards beside the checkpoint's name instead of the checkpoint."""

    def apply(w: Broken) -> None:
        (w.root / CKPT).unlink()
        for n in numbers:
            write(w.root / f"checkpoints/patchtst_ssl-0000{n}-of-00002.pt", sized(48), w.patchtst.end)

    return apply


def mapped(shard: str) -> str:
    return json.dumps({"metadata": {}, "weight_map": {"input_proj.weight": shard}})


# fmt: off
CHECKPOINTS = [
    Case("checkpoint cut in half", put(CKPT, lambda d: d[: len(d) // 2]), "1 fail, 9 fail",
         "patchtst: checkpoints/patchtst_ssl.pt | cut short", "a save that was interrupted"),
    Case("checkpoint without its last byte", put(CKPT, cut(-1)), "1 fail, 9 fail", "cut short", "the smallest truncation"),
    Case("checkpoint of 0 bytes", put(CKPT, b""), "1 fail, 9 fail", "0 bytes", "the first moment of a rewrite in place"),
    Case("one flipped bit in the weights", put(CKPT, flipped(lambda d: d.index(b"data/0") + 90)), "1 fail, 9 fail",
         "CRC", "torch.load does not notice it, the CRC does"),
    Case("NaN among the weights", then_backup(put(CKPT, filled(float("nan")))), "1 fail",
         "input_proj.weight | NaN", "a diverged model that was saved all the same"),
    Case("Inf among the weights", then_backup(put(CKPT, filled(float("inf")))), "1 fail", "infinit", "overflow in half precision"),
    Case("pickle calls os.system", then_backup(put(CKPT, runs_code("os", "system"))), "1 fail, 9 pass",
         "names os.system, which can run code", "loading it would run a command; nothing is loaded here"),
    Case("pickle calls a function of the workspace", then_backup(put(CKPT, runs_code("inference.steal", "run"))), "1 fail",
         "inference.steal.run", "not on the allow-list"),
    Case("plain pickle", put(CKPT, pickle.dumps({"weights": [1.0]})), "1 fail, 9 fail", "a plain pickle", "never unpickled"),
    Case("Git LFS pointer", put(CKPT, LFS), "1 fail, 9 fail", "git lfs pull", "the real file was never fetched"),
    Case("HTML page as checkpoint", put(CKPT, HTML), "1 fail, 9 fail", "an HTML page", "a download that was refused"),
    Case("random bytes as checkpoint", put(CKPT, np.random.default_rng(7).bytes(9000)), "1 fail, 9 fail", "no known format",
         "encrypted or garbage"),
    Case("zeros as checkpoint", put(CKPT, bytes(8192)), "1 fail, 9 fail", "nothing but zeros", "a crashed file system"),
    Case("CSV as checkpoint", put(CKPT, b"epoch,train_loss\n1,0.5\n"), "1 fail, 9 fail", "found text", "copied over by hand"),
    Case("64 GiB of nothing as checkpoint", sparse(CKPT, 64 << 30), "1 fail, 9 fail", "checkpoints/patchtst_ssl.pt",
         "a sparse file must cost nothing"),
    Case("bytes behind the checkpoint", put(CKPT, lambda d: d + b"x" * 100), "1 fail, 9 fail", "100 bytes follow", "a broken copy"),
    Case("weights that unpack to 200 MB", put(CKPT, lambda _: inflating(200 << 20)), "1 fail, 9 fail", "unpacks to more", "a zip bomb"),
    Case("checkpoint of 60,000 empty entries", put(CKPT, lambda _: many_entries(60_000)), "1 fail, 9 fail", "checkpoints/patchtst_ssl.pt",
         "a directory that only costs time"),
    Case("pickle nested 100,000 deep", put(CKPT, torch_zip(pickle=b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
         numbers=Numbers(), value={})), "1 fail, 9 fail", "checkpoints/patchtst_ssl.pt", "recursion must not end the reader"),
    Case("pickle that is cut", put(CKPT, torch_zip(pickle=b"\x80\x02}q\x00X\xff\xff", numbers=Numbers(), value={})),
         "1 fail, 9 fail", "the pickle is damaged", "opcodes end in the middle"),
    Case("no tensors", put(CKPT, torch_zip({"epoch": 3}, Numbers())), "1 fail, 9 fail", "holds no tensors", "only a step counter was saved"),
    Case("old torch format", then_backup(put(CKPT, old_format())),
         "as good", "no checksum recorded", "read too; it has no checksums, and that is said"),
    Case("safetensors under the name .pt", then_backup(put(CKPT, safetensors({"input_proj.weight": weights(1, (48, 16))}))), "as good",
         "safetensors", "judged by contents, not by name"),
    Case("safetensors cut short", put(CKPT, safetensors()[:-3]), "1 fail, 9 fail", "cut short", "header promises more than there is"),
    Case("safetensors header of 8 EB", put(CKPT, struct.pack("<Q", 1 << 63) + b"{}" + bytes(50)), "1 fail, 9 fail",
         "checkpoints/patchtst_ssl.pt", "nothing is allocated on a claim"),
    Case("Keras file with cut weights", put(CKPT, keras(lambda e: [*e[:2], Entry(e[2].name, b"x" * 99)])), "1 fail, 9 fail",
         "HDF5 signature", "signature and size level"),
    Case("checkpoint is missing", gone(CKPT), "1 fail", "checkpoints/patchtst_ssl.pt is missing", "nothing was saved"),
    Case("checkpoint is a folder", folder(CKPT), "1 fail", "is a folder", "not every name is a file"),
    Case("sharded checkpoint", shards(mapped("a.safetensors"), "a.safetensors"), "5 fail",
         "holds no checkpoints/patchtst_ssl.pt", "a folder with an index is a checkpoint; the backup does not hold it"),
    Case("sharded checkpoint, one shard missing", shards(mapped("b.safetensors"), "a.safetensors"), "1 fail, 5 fail",
         "b.safetensors", "the index names a file that is not there"),
    Case("shard outside the workspace", shards(mapped("../../../outside/secret.pt")), "1 fail, 5 fail", "secret.pt",
         "the index is no way out"),
    Case("shard behind an absolute path", shards(mapped("/etc/passwd")), "1 fail, 5 fail", "passwd", "nor is this"),
    Case("shard index nested 100,000 deep", shards('{"weight_map":' + "[" * 100_000), "1 fail, 5 fail", "model.safetensors.index.json",
         "recursion must not end the reader"),
    Case("tensor with a hostile name", then_backup(put(CKPT, named_tensor("<img src=x onerror=alert(1)>\x1b[31m\u202e"))), "as good", "patchtst:",
         "names come out as text or not at all"),
    Case("checkpoints swapped", swapped(CKPT, CKPT2), "9 fail", "has the layers of swinmae, not of patchtst",
         "each is sound, and the wrong one"),
    Case("one checkpoint under both names", also(lambda w: put(CKPT2, (w.root / CKPT).read_bytes())(w), backup), "9 fail",
         "byte for byte", "taken from the other stream"),
    Case("checkpoint of another model size", then_backup(put(CKPT, sized(64))), "9 fail",
         "`model.d_model` is 48 | input_proj.weight in the checkpoint has 64", "config and weights are of different models"),
    Case("optimizer saved bare", then_backup(put(CKPT, bare_optimizer())), "1 fail",
         "is an optimizer's state | no weights of a model", "the wrong `state_dict()` was saved"),
    Case("weights left hollow by a sharded save", then_backup(put(CKPT, of_model(a__weight=np.zeros(0, "<f4")))), "1 fail",
         "tensors is empty (shape [0]): model_state_dict.a.weight", "ZeRO-3 without gathering"),
    Case("empty buffer", then_backup(put(CKPT, of_model(a__cache=np.zeros(0, "<f4")))), "as good", "all finite", "common"),
    Case("callback that saw no score", then_backup(put(CKPT, beside())), "as good", "the model finite", "Lightning's default"),
    Case("observer that saw no data", then_backup(put(CKPT, of_model(a__min_val=np.array([np.inf, 1], "<f4")))), "as good",
         "1 of observers", "quantization begins at infinity"),
    Case("overflow beside a callback that saw no score", then_backup(put(CKPT, of_model(a__weight=weights() * np.inf))), "1 fail",
         "model_state_dict.a.weight", "weights of nothing but infinities are no mask"),
    Case("numbered shards beside the name", numbered(1, 2), "5 fail", "6 tensors (4 of the optimizer)", "a save that was split, without an index"),
    Case("numbered shards, one missing", numbered(2), "1 fail, 5 fail", "this shard is missing (patchtst_ssl-00001-of-00002.pt)",
         "one shard is not the whole"),
    Case("distributed checkpoint", files(a_dcp_folder()), "5 fail, 9 fail",
         "sizes of its files agree, numbers not read | holds model.layer.weight", "read by its metadata, and of another model"),
    Case("distributed checkpoint, one file cut", files(a_dcp_folder() | {"__1_0.distcp": b"PK"}), "1 fail, 5 fail",
         "must have 1,300: it is cut short (__1_0.distcp)", "a rank that died while it saved"),
    Case("distributed checkpoint, metadata runs code", files(a_dcp_folder() | {".metadata": pickled(RUNS_CODE)}), "1 fail, 5 fail",
         "names os.system, which can run code", "torch.distributed unpickles it"),
    Case("SavedModel", files({"saved_model.pb": b"x"}), "1 skip, 5 fail", "a TensorFlow SavedModel: no reader proves this format",
         "known, and nothing proven"),
    Case("GGUF", then_backup(put(CKPT, b"GGUF" + bytes(60))), "1 skip", "a GGUF model: no reader proves this format", "never READY, never damaged"),
    Case("XGBoost model under the name .pt", then_backup(put(CKPT, xgboost_json())), "9 fail",
         "XGBoost model, 2 trees | named like torch | none of patchtst's layers", "judged by contents"),
    Case("all weights the same number", then_backup(put(CKPT, all_alike())),
         "1 fail", "each weight matrix holds one number throughout", "nothing was learnt, or it was wiped"),
]

NO_FILES = [
    Case("checkpoint is a FIFO", fifo(CKPT), "1 fail", "is a FIFO (named pipe)", "opening it would hang for ever"),
    Case("scaler is a FIFO", fifo(SCALER), "2 fail", "is a FIFO (named pipe)", "the same for every other file"),
    Case("config is a FIFO", fifo(CFG), "4 fail, 8 skip", "is a FIFO (named pipe)", "no config: nobody knows how many epochs"),
    Case("loss history is a FIFO", fifo(TABLE), "8 fail", "is a FIFO (named pipe)", "there, and not readable"),
    Case("policy is a FIFO", fifo(POLICY), "7 fail", "is a FIFO (named pipe)", ""),
    Case("bundle is a FIFO", fifo(BUNDLE), "5 fail", "is a FIFO (named pipe)", ""),
    Case("event file is a FIFO", lambda w: fifo(w.events())(w), "3 fail, 9 skip", "is a FIFO (named pipe)", "8 still passes on the table"),
    Case("checkpoint is a socket", listener(CKPT), "1 fail", "is a socket", ""),
    Case("checkpoint is a device", device(CKPT), "1 fail", "device", "an endless file"),
    Case("checkpoint links to /dev/zero", link(CKPT, "/dev/zero"), "1 fail", "leads out of the workspace", ""),
    Case("config links to /proc/self/environ", link(CFG, "/proc/self/environ"), "4 fail, 8 skip", "leads out of the workspace",
         "the environment holds secrets"),
    Case("checkpoint links out, relative", link(CKPT, "../../outside/secret.pt"), "1 fail", "leads out of the workspace | --allow-root",
         "a sound checkpoint that is not ours to read"),
    Case("config links out, absolute", link(CFG, "{outside}/secret.yaml"), "4 fail, 8 skip", "leads out of the workspace", ""),
    Case("scaler links out through a linked folder", also(lambda w: (w.root / "artifacts/elsewhere").symlink_to(w.outside),
         link(SCALER, "elsewhere/secret.json")), "2 fail", "leads out of the workspace", "every link of a chain is resolved"),
    Case("loss history links out", link(TABLE, "{outside}/secret.csv"), "8 fail", "leads out of the workspace", ""),
    Case("policy links out", link(POLICY, "{outside}/secret.txt"), "7 fail", "leads out of the workspace", ""),
    Case("bundle links out", link(BUNDLE, "{outside}/secret.pt"), "5 fail", "leads out of the workspace", ""),
    Case("event folder links out", also(gone(RUNS), lambda w: (w.root / RUNS).symlink_to(w.outside)), "3 fail, 9 skip",
         "no event file below runs/patchtst_ssl", "a folder of another training"),
    Case("checkpoint links to nothing", link(CKPT, "gone.pt"), "1 fail", "checkpoints/patchtst_ssl.pt", "dangling"),
    Case("checkpoint links to itself", link(CKPT, "patchtst_ssl.pt"), "1 fail", "circle", ""),
    Case("checkpoint links inside the workspace", also(lambda w: (w.root / CKPT).rename(w.root / "checkpoints/epoch8.pt"),
         link(CKPT, "epoch8.pt")), "as good", "patchtst:", "a usual and harmless thing"),
    Case("checkpoint without read permission", mode(CKPT, 0), "1 fail", "no permission", "not readable is not sound", nobody=True),
    Case("folder without permission", mode("checkpoints", 0), "1 fail", "no permission", "", nobody=True),
    Case("event folder without permission", mode(RUNS, 0), "3 fail, 9 skip", "runs/patchtst_ssl", "", nobody=True),
    Case("workspace of links in a circle", also(*(lambda w, n=n: (w.root / RUNS / f"loop{n}").symlink_to("..") for n in range(3))),
         "as good", "patchtst:", "a search must end"),
    Case("folders 300 deep", lambda w: _deep(w, 300), "as good", "patchtst:", "a search must end"),
]
# fmt: on


def _deep(w: Broken, levels: int) -> None:
    """Folders within folders, made step by step: the whole path would be too long."""
    at = os.open(w.root / RUNS, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=at)
        inner = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)


def zipped(*extra: Entry, edit: Callable[[list[Entry]], list[Entry]] | None = None) -> Edit:
    """A bundle of today's files and further entries."""

    def apply(w: Broken) -> None:
        names = [
            f"{kind}/{s.id}_ssl{end}"
            for s in (w.patchtst, w.swinmae)
            for kind, end in (("checkpoints", ".pt"), ("configs", "_real.yaml"))
        ]
        names += [SCALER, TABLE, TABLE2]
        entries = [Entry(name, (w.root / name).read_bytes()) for name in names]
        put(BUNDLE, raw_zip([*(edit(entries) if edit else entries), *extra]))(w)

    return apply


def tarred(*blocks: bytes, cut_to: int | None = None, name: str = "artifacts/bundles/b.tar.gz") -> Edit:
    """A tar.gz of today's files and further blocks instead of the zip."""

    def apply(w: Broken) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(w.root / BUNDLE) as bundle, tarfile.open(fileobj=out, mode="w") as archive:
            for member in bundle.namelist():
                info = tarfile.TarInfo(member)
                info.size = bundle.getinfo(member).file_size
                archive.addfile(info, io.BytesIO(bundle.read(member)))
        body = out.getvalue().rstrip(b"\0")
        body += bytes(-len(body) % 512)
        gone(BUNDLE)(w)
        packed = gzip.compress(body + b"".join(blocks) + END)
        write(w.root / name, packed[:cut_to], w.swinmae.end + 5)

    return apply


class Bomb(Entry):
    """A GiB of zeros in a MB: one compressed MiB a thousand times."""

    @property
    def packed(self) -> bytes:
        engine = zlib.compressobj(9, zlib.DEFLATED, -15)
        piece = engine.compress(bytes(1 << 20)) + engine.flush(zlib.Z_FULL_FLUSH)
        return piece * 1024 + engine.flush()


def with_bomb(w: Broken) -> None:
    """With the true size and CRC: nothing about it is broken."""
    crc = 0
    for _ in range(1024):
        crc = zlib.crc32(bytes(1 << 20), crc)
    zipped(Bomb("checkpoints/bomb.pt", method=DEFLATED, size=1 << 30, crc32=crc))(w)


def tar_bomb(w: Broken) -> None:
    """The same as a tar.gz."""
    gone(BUNDLE)(w)
    head = gzip.compress(raw_header("checkpoints/bomb.pt", size=b"%011o\0" % (1 << 30)))
    write(w.root / "artifacts/bundles/b.tar.gz", head + gzip.compress(bytes(1 << 20)) * 1024 + gzip.compress(END))


def older(w: Broken) -> None:
    """A sound bundle of an older checkpoint."""
    now = (w.root / CKPT).read_bytes()
    put(CKPT, checkpoint_bytes(replace(w.patchtst, seed=77)))(w)
    backup(w)
    put(CKPT, now)(w)


# fmt: off
BACKUPS = [
    Case("no bundle", gone("artifacts/bundles"), "5 fail", "no archive matches", ""),
    Case("bundle of 0 bytes", put(BUNDLE, b""), "5 fail", "0 bytes", ""),
    Case("empty zip", put(BUNDLE, raw_zip([])), "5 fail", "run_bundle.zip", "a zip of nothing is sound and useless"),
    Case("bundle cut short", put(BUNDLE, cut(-60)), "5 fail", "run_bundle.zip", ""),
    Case("one flipped bit in the bundle", put(BUNDLE, flipped(200)), "5 fail", "run_bundle.zip", "found by reading it to its end"),
    Case("bundle without a checkpoint", zipped(edit=lambda e: e[1:]), "5 fail", "holds no checkpoints/patchtst_ssl.pt", ""),
    Case("bundle with an empty checkpoint", zipped(edit=lambda e: [Entry(e[0].name), *e[1:]]), "5 fail, 9 fail", "or an empty one", ""),
    Case("bundle of an older checkpoint", older, "9 fail", "holds another checkpoints/patchtst_ssl.pt", "sound, and of another run"),
    Case("config changed after the bundle", put(CFG, lambda d: d + b"# note\n"), "9 fail", "holds another configs/patchtst_ssl_real.yaml", ""),
    Case("zip with a link to the secret", zipped(Entry("leak", b"../../outside/secret.txt", mode=0o120777)), "as good", "is a symbolic link",
         "read, never unpacked: told as it is"),
    Case("zip with names that climb", zipped(Entry("../../../etc/cron.d/x", b"1")), "5 fail", "has `..` in its path",
         "whoever unpacks it would write elsewhere"),
    Case("zip member of 4 GB in 4 kB", zipped(Entry("bomb", bytes(4 << 20), method=DEFLATED, size=0xFFFFFFF0)), "5 fail", "run_bundle.zip", "sizes that lie"),
    Case("zip that unpacks to 1 GiB", with_bomb, "5 fail", "refused as a decompression bomb", "sound, and nobody wants it"),
    Case("tar.gz that unpacks to 1 GiB", tar_bomb, "5 fail", "bomb", "the same without a directory that tells it beforehand"),
    Case("encrypted bundle", zipped(edit=lambda e: [replace(x, flags=1) for x in e]), "5 fail", "encrypted", "nobody can say what is in it"),
    Case("10,000 files in the bundle", zipped(*(Entry(f"logs/{n}.txt", b"x") for n in range(10_000))), "as good", "10,007 members", ""),
    Case("hostile names in the bundle", zipped(Entry("<script>alert(1)</script>\n\x1b[2J\u202e.pt", b"x")), "as good", "run_bundle.zip", ""),
    Case("sound tar.gz", tarred(), "as good", "b.tar.gz", "counts as much as a zip"),
    Case("tar.gz cut short", tarred(cut_to=-900), "5 fail", "b.tar.gz", "a program that only lists names stops silently"),
    Case("tar with a negative size", tarred(raw_header(size=b"-0000000512\0"), padded(b"x")), "5 fail", "b.tar.gz",
         "makes Python's own reader loop for ever"),
    Case("tar with a base-256 negative size", tarred(raw_header(size=b"\xff" * 12), padded(b"x")), "5 fail", "b.tar.gz", ""),
    Case("tar with a size of 8 EB", tarred(raw_header(size=b"\x80" + bytes(3) + b"\x7f" + bytes(7))), "5 fail", "b.tar.gz", ""),
    Case("tar with a link to the secret", tarred(raw_header("leak", size=b"00000000000\0", kind=b"2", link=b"../../outside/secret.txt")),
         "5 fail", "points out of the archive", "never unpacked, never followed"),
    Case("newest bundle is broken, older one is good", also(lambda w: write(w.root / "run_bundle_new.zip", b"PK\x03\x04", w.swinmae.end + 50)),
         "5 fail", "run_bundle_new.zip", "the newest counts"),
    Case("HTML page as bundle", put(BUNDLE, HTML), "5 fail", "HTML", ""),
    Case("bundle with a name of bytes that are no text", name_is(BUNDLE, b"run_\xff\xfe.zip"), "as good", "run_", "names need not be UTF-8"),
    Case("bundle with a hostile name", name_is(BUNDLE, "<b>\n\x1b[31m\u202epiz.zip"), "as good", "zip", "shown as text"),
]
# fmt: on
ROWS = [*CHECKPOINTS, *NO_FILES, *BACKUPS]
