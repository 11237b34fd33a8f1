"""Check 1: every stream's checkpoint is a sound file of finite tensors."""

from __future__ import annotations

from collectors.contract.shapes import is_pattern
from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.judge.checks.bring_back import bring_back_checkpoint
from collectors.judge.checks.part import (
    WAIT,
    Judgement,
    Part,
    Short,
    failing,
    first_error,
    is_running,
    judge_parts,
    lacking,
    missing_text,
    not_yet,
    not_yet_there,
    passing,
    skipping,
    warnings_of,
)
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning, When
from collectors.judge.describe import describe_checkpoint
from collectors.judge.remedy import Remedy, training, waiting
from collectors.training.evidence import ReadFile, StreamEvidence, WorkspaceEvidence
from collectors.training.words import epoch_words

POINTER = "Git LFS pointer"
SAYS = {
    POINTER: "is a Git LFS pointer, not the file itself",
    "can run code": "may run code when it is loaded",
    "expected finite": "holds numbers that are not finite",
    "NaN or infinite": "holds numbers that are not finite",
    "cut short": "is cut short",
    "damaged": "is damaged",
    "CRC": "is damaged",
}
"""What an error speaks of -> what the checkpoint is, in a few words."""
OPAQUE_HINT = "Save the weights also in a format that is read, such as safetensors or torch, and name that file."


def check_checkpoints(seen: WorkspaceEvidence) -> Judgement:
    """Every stream's checkpoint is sound and holds finite tensors."""
    return judge_parts(_checkpoint(s, s.checkpoint, seen) for s in seen.streams if s.checkpoint)


def _checkpoint(s: StreamEvidence, file: ReadFile[CheckpointEvidence], seen: WorkspaceEvidence) -> Part:
    if file.absent and is_running(s) and not s.progress.silent:
        text = f"{s.id}: no checkpoint saved yet ({epoch_words(s)}, still training)"
        return not_yet(file.path, s.id, text, waiting(f"Wait until {s.stream.label} saves one."))
    if file.evidence is None:
        named = s.stream.checkpoint.path or (file.path,)
        several = file.absent and (len(named) > 1 or is_pattern(named[0]))
        text = (
            f"no model file found: {missing_text(file.facts, file.beside, named)}"
            if several
            else missing_text(file.facts, file.beside)
        )
        again = training("Train {names}; it should save {paths}.", s.stream.label, path=named[0])
        remedy = bring_back_checkpoint(seen, s) or again
        short = Short(f"{{}}'s checkpoint {'is missing' if file.absent else 'cannot be read'}", s.stream.label)
        missing = failing(file.path, s.id, f"{s.id}: {text}", remedy, short=short)
        return lacking(missing, not_yet_there(seen, s) if file.absent else None)
    found = file.evidence
    if found.sound and found.opaque is not None:
        text = f"{s.id}: {file.path}: {describe_checkpoint(found)}"
        return skipping(file.path, s.id, text, OPAQUE_HINT)
    if found.sound:
        text = f"{s.id}: {describe_checkpoint(found)}"
        return passing(file.path, s.id, text, warnings_of(found.findings))
    if file.being_written:
        return skipping(file.path, s.id, f"{s.id}: {file.path} is being written", WAIT)
    remedy = bring_back_checkpoint(seen, s) or _saved_again(s, file.path, found)
    errors = first_error(found.findings)
    return failing(file.path, s.id, f"{s.id}: {file.path}: {errors}", remedy, short=_in_short(s, found, errors))


def _in_short(s: StreamEvidence, found: CheckpointEvidence, errors: str) -> Short:
    """What its errors come to."""
    says = next((what for sign, what in SAYS.items() if sign in errors), "is not sound")
    if POINTER not in errors and (found.checksum == "bad" or found.format == "unknown"):
        says = "is damaged" if found.checksum == "bad" else "is of no known format"
    return Short(f"{{}}'s checkpoint {says}", s.stream.label)


def _saved_again(s: StreamEvidence, path: str, found: CheckpointEvidence) -> Remedy:
    """No backup has a copy that is known to be better."""
    if found.format == "unknown":
        return Remedy(f"Name {s.stream.label}'s model under `checkpoint:`; {path} is of no format that holds one.")
    action = "Save the checkpoint of {names} again, train again, or restore it from a backup that tests sound."
    return training(action, s.stream.label)


SPEC = CheckSpec(
    number=1,
    id="checkpoints",
    title="Trained checkpoints",
    judge=check_checkpoints,
    gate=GatePlace("checkpoint-check"),
    meaning=Meaning(
        passes_when="every stream's checkpoint is a sound file holding finite tensors; it is never unpickled",
        proves=(
            "the container is whole (bounds, sizes, every recorded CRC), its pickle names nothing that could run code,"
            " shapes and stored numbers agree, and no number that was read is NaN or infinite"
        ),
        cannot_prove=(
            "that the weights are good, or were trained at all: random numbers of the right names, shapes and times "
            "look the same; that the model class still loads them; formats without checksums (old torch"
            " files, safetensors) only show damage that breaks their structure; above the byte budget only the "
            "structure is checked; the numbers of Keras, HDF5 and distributed (DCP) checkpoints are not read, models of"
            " boosters are only parsed, and of formats that no reader knows nothing is proven: all of it is said"
        ),
    ),
    when=When(of_streams=lambda stream: stream.checkpoint.none is None, said_by=lambda stream: stream.checkpoint.none),
    readiness="checkpoints_ready",
    at_saving=True,
)
