"""An optimizer's state inside a checkpoint that is of other weights than the model beside it. Pure.

Only what PyTorch's optimizers keep in the shape of a weight is looked at, and matrices alone: a sharded state is flat.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.judge.checks.bring_back import own_checkpoint
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams, sound_checkpoints
from collectors.numbers import listed
from collectors.training.evidence import WorkspaceEvidence

SHAPED = frozenset({"exp_avg", "exp_avg_sq", "max_exp_avg_sq", "momentum_buffer", "square_avg"})


def find_optimizer_state(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each checkpoint none of whose optimizer's matrices has the shape of one of its weights."""
    for s, path, found in sound_checkpoints(ended_streams(seen)):
        kept, weights = _shapes(found)
        if kept and weights and not kept & weights and s.stream.checkpoint.part is None:
            shapes = listed(("x".join(map(str, shape)) for shape in sorted(kept)), most=3)
            text = f"{s.id}: {path}: its optimizer's state is of weights of {shapes}, and the model in it has none such"
            yield Found(path, s.id, text, own_checkpoint(seen, s))


def _shapes(found: CheckpointEvidence) -> tuple[set[tuple[int, ...]], set[tuple[int, ...]]]:
    """Shapes of an optimizer's matrices, and of the model's."""
    matrices = [one for one in found.tensors if len(one.shape) > 1]
    kept = {one.shape for one in matrices if one.optimizer and one.name.rpartition(".")[2] in SHAPED}
    return kept, {one.shape for one in matrices if one.role == "model"}


SPEC = FindingSpec(
    id="optimizer_state",
    check="provenance",
    looks_at="none of the matrices in a checkpoint's optimizer state (`exp_avg`, `momentum_buffer`, ...) has the shape "
    "of a weight beside it",
    default="fail",
    short="{}'s checkpoint holds another model's optimizer state",
    find=find_optimizer_state,
)
