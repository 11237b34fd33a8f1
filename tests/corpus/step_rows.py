"""Broken workspaces, and the step that mends each: what it must say, clear, and bring about when it is done."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace

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
    flipped,
    folder,
    gone,
    link,
    put,
    swapped,
    text,
    write_secrets,
)
from support.workspaces import checkpoint_bytes, falling, write_policy, write_scaler, write_stream


@dataclass(frozen=True)
class Row:
    """One broken workspace and its first step."""

    name: str
    edit: Edit
    action: str
    """A piece of what the first step says."""
    clears: str
    """Ids that it clears, and then those that it is needed for."""
    command: str | None
    """Its command; None where it has none."""
    by_hand: Edit | None = None
    """What the action asks a person to do, where there is no command."""
    then: str = ""
    """Ids that fail only after it: what it brings about is to be packed again."""


def damaged(path: str) -> Edit:
    """One bit of a file changed."""
    return put(path, flipped(lambda data: len(data) // 2))


def packed_as(name: str, member: Callable[[str], str] = str) -> Edit:
    """The good bundle packed again under another name, its members under other names."""

    def apply(w: Broken) -> None:
        source, target = w.root / BUNDLE, w.root / "artifacts/bundles" / name
        with zipfile.ZipFile(source) as old:
            held = {each: old.read(each) for each in old.namelist()}
        source.unlink()
        if name.endswith(".zip"):
            with zipfile.ZipFile(target, "w") as new:
                for each, data in held.items():
                    new.writestr(member(each), data)
            return
        with tarfile.open(target, "w:gz") as tar:
            for each in held:
                tar.add(w.root / each, member(each))

    return apply


def stopped(w: Broken) -> None:
    """PatchTST fell silent half-way, and nothing was packed."""
    gone(BUNDLE)(w)
    half = replace(w.patchtst, val=w.patchtst.val[:4])
    write_stream(w.root, half)
    write_stream(w.root, w.swinmae)


def finished(w: Broken) -> None:
    """PatchTST trained to its end."""
    write_stream(w.root, w.patchtst)


def trained(w: Broken) -> None:
    """Both streams trained, and the scaler fitted."""
    write_scaler(w.root, w.patchtst.start - 2)
    for stream in (w.patchtst, w.swinmae):
        write_stream(w.root, stream)


def diverged(w: Broken) -> None:
    """PatchTST's losses became NaN."""
    write_stream(w.root, replace(w.patchtst, val=[*falling(4), *[float("nan")] * 4]))


def pointer(w: Broken) -> None:
    """A pointer of Git LFS instead of the checkpoint."""
    oid = f"oid sha256:{'0' * 64}\nsize 12345\n"
    put(CKPT, f"version https://git-lfs.github.com/spec/v1\n{oid}")(w)
    gone(BUNDLE)(w)
    backup(w)


def pulled(w: Broken) -> None:
    """What `git lfs pull` leaves; there is no server here to pull from."""
    put(CKPT, checkpoint_bytes(w.patchtst))(w)


def linked_out(w: Broken) -> None:
    """The checkpoint lies outside, and a link in its place."""
    write_secrets(w.outside)
    (w.outside / "p.pt").write_bytes((w.root / CKPT).read_bytes())
    link(CKPT, "{outside}/p.pt")(w)


ZIPPED = f"artifacts/bundles/{{run}}.zip {CKPT} {CFG} {CKPT2} configs/swinmae_ssl_real.yaml {SCALER}"
TABLES = "artifacts/loss/patchtst_loss_history.csv artifacts/loss/swinmae_loss_history.csv"
ROWS = (
    Row("checkpoint damaged", damaged(CKPT2), "Restore SwinMAE's checkpoint from the backup", "checkpoints provenance",
        f"unzip -o {BUNDLE} {CKPT2}"),
    Row("both checkpoints damaged", also(damaged(CKPT), damaged(CKPT2)),
        "Restore PatchTST's checkpoint and SwinMAE's checkpoint", "checkpoints provenance",
        f"unzip -o {BUNDLE} {CKPT} {CKPT2}"),
    Row("checkpoint gone", gone(CKPT), "Restore PatchTST's checkpoint", "checkpoints", f"unzip -o {BUNDLE} {CKPT}"),
    Row("checkpoint cut", put(CKPT, cut(1000)), "Restore PatchTST's", "checkpoints provenance",
        f"unzip -o {BUNDLE} {CKPT}"),
    Row("another stream's checkpoint", lambda w: put(CKPT2, (w.root / CKPT).read_bytes())(w),
        "Restore SwinMAE's checkpoint", "provenance", f"unzip -o {BUNDLE} {CKPT2}"),
    Row("the first stream's is the second's", lambda w: put(CKPT, (w.root / CKPT2).read_bytes())(w),
        "Restore PatchTST's checkpoint", "provenance", f"unzip -o {BUNDLE} {CKPT}"),
    Row("scaler cut", put(SCALER, cut(20)), "Restore the scaler", "scaler", f"unzip -o {BUNDLE} {SCALER}"),
    Row("config gone", gone(CFG), "Restore PatchTST's config", "configs training", f"unzip -o {BUNDLE} {CFG}"),
    Row("config out of range", text(CFG, "lr: 0.002", "lr: -1"), "Restore PatchTST's config", "configs provenance",
        f"unzip -o {BUNDLE} {CFG}"),
    Row("damaged, tar of ./", also(packed_as("b.tar.gz", "./{}".format), damaged(CKPT)), "Restore PatchTST's",
        "checkpoints provenance", f"tar -xf artifacts/bundles/b.tar.gz ./{CKPT}"),
    Row("damaged, zip of a folder", also(packed_as("b.zip", "run/{}".format), damaged(CKPT)), "Restore PatchTST's",
        "checkpoints provenance", f"unzip -p artifacts/bundles/b.zip run/{CKPT} > {CKPT}"),
    Row("damaged, tar of a folder", also(packed_as("b.tar.gz", "run/{}".format), damaged(CKPT)), "Restore PatchTST's",
        "checkpoints provenance", f"tar -xOf artifacts/bundles/b.tar.gz run/{CKPT} > {CKPT}"),
    Row("damaged, bundle of an ill name", also(packed_as("it's $(touch ran) a;b.zip"), damaged(CKPT)),
        "Restore PatchTST's", "checkpoints provenance",
        f"""unzip -o 'artifacts/bundles/it'"'"'s $(touch ran) a;b.zip' {CKPT}"""),
    Row("damaged, bundle with a line break", also(packed_as("a\nb.zip"), damaged(CKPT)), "Restore PatchTST's",
        "checkpoints provenance", None, damaged(CKPT)),
    Row("backup gone", gone(BUNDLE), "Pack checkpoints, configs, scaler and loss histories into", "backup",
        f"mkdir -p artifacts/bundles && zip -q {ZIPPED} {TABLES}"),
    Row("backup damaged", damaged(BUNDLE), "Pack checkpoints, configs, scaler and loss histories into", "backup",
        f"zip -q {ZIPPED} {TABLES}"),
    Row("damaged and no backup", also(damaged(CKPT), gone(BUNDLE)), "Save the checkpoint of PatchTST again",
        "checkpoints", None, finished),
    Row("damaged before it was packed", also(damaged(CKPT), backup), "Save the checkpoint of PatchTST again",
        "checkpoints", None, finished, then="provenance"),
    Row("policy gone", gone(POLICY), f"Write {POLICY}", "split_policy", None, lambda w: write_policy(w.root)),
    Row("stopped half-way", stopped, "Resume PatchTST or train again; the command that trains is not known here.",
        "training", None, finished),
    Row("diverged", diverged, "Find out why PatchTST diverged", "training", None, finished),
    Row("a pointer of Git LFS", pointer, "Run `git lfs pull`", "checkpoints", "git lfs pull", pulled,
        then="provenance"),
    Row("a link to nothing", also(gone(CKPT), link(CKPT, "nowhere.pt")), "Mend the link", "checkpoints", None,
        also(gone(CKPT), finished)),
    Row("a folder in its place", folder(CKPT), "Put the file itself in the place of what lies there.", "checkpoints",
        None, also(gone(CKPT), finished)),
    Row("both checkpoints gone, no backup", gone(CKPT, CKPT2, BUNDLE),
        f"Train PatchTST and SwinMAE; it should save {CKPT} and {CKPT2}.", "checkpoints", None, trained),
    Row("a link out of the workspace", linked_out, "Put the file itself in the link's place", "checkpoints", None,
        also(gone(CKPT), finished)),
    Row("config out of range and no backup", also(text(CFG, "lr: 0.002", "lr: -1"), gone(BUNDLE)),
        "Put the config of PatchTST's run back in place", "provenance", None, text(CFG, "lr: -1", "lr: 0.002")),
    Row("scaler gone and no backup", gone(SCALER, BUNDLE), f"Run PatchTST training; it should save {SCALER}.", "scaler",
        None, lambda w: write_scaler(w.root, w.patchtst.start - 2)),
    Row("no event file", gone(RUNS), "Bring back PatchTST's event files below runs/patchtst_ssl, or train again with",
        "logs provenance", None, finished),
    Row("loss history is a page", put(TABLE, "<html>"), "Write PatchTST's loss history again", "training", None,
        finished),
    Row("loss histories swapped", swapped(TABLE, TABLE2), "Train again, or remove what is left of the other run.",
        "provenance", None, swapped(TABLE, TABLE2)),
    Row("nothing trained", lambda w: gone(*(p.name for p in w.root.iterdir() if p.name not in {"configs"}))(w),
        "Train PatchTST and SwinMAE", "checkpoints scaler logs training provenance",
        None, trained),
)  # fmt: skip
"""Every row: after its first step is done, what it says that it clears has passed."""
