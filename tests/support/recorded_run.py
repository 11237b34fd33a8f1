"""The recorded run of the reference trainers made whole: what is not kept in the repository is written anew, as it was.

Events, tables and configs are the recorded ones. Checkpoints have the recorded names, shapes and words, and numbers by
chance; scaler, policy and backup are those of the time. A test changes what it likes before the files are written.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from support.build_checkpoints import Array, Numbers, torch_zip, weights
from support.workspaces import write

DATA = Path(__file__).resolve().parents[1] / "data"
STREAMS = ("patchtst", "swinmae")
BEGAN, BACKUP_AT = 1795435090.0, 1795435159.0
SAVED = {"patchtst": 1795435118.552, "swinmae": 1795435139.004}
ENDED = {"patchtst": 1795435137.0, "swinmae": 1795435157.0}
BEST = {"patchtst": (6, 0.9875473529100418), "swinmae": (5, 0.5161824226379395)}
"""Epoch and validation loss, as the recorded checkpoints say them."""


def patchtst_layers(
    *, patch: int = 16, tokens: int = 8, width: int = 48, layers: int = 2, hidden: int = 96
) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a PatchTST of these sizes; those of the recorded one where nothing is said."""
    block = {
        "self_attn.in_proj_weight": (3 * width, width), "self_attn.in_proj_bias": (3 * width,),
        "self_attn.out_proj.weight": (width, width), "linear1.weight": (hidden, width), "linear1.bias": (hidden,),
        "linear2.weight": (width, hidden), "norm1.weight": (width,), "norm1.bias": (width,),
    }  # fmt: skip
    ends = {"pos_emb": (1, tokens, width), "input_proj.weight": (width, patch), "input_proj.bias": (width,)}
    blocks = {f"encoder.layers.{n}.{name}": shape for n in range(layers) for name, shape in block.items()}
    return {**ends, **blocks, "head.weight": (patch, width), "head.bias": (patch,)}


def swinmae_layers(*, decoder: int = 32) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the recorded SwinMAE, one block a stage; `decoder` is the width of its decoder."""
    out: dict[str, tuple[int, ...]] = {"encoder.patch_embed.proj.weight": (16, 3, 4, 4), "encoder.norm.weight": (32,)}
    for stage, width in enumerate((16, 32)):
        block = {"attn.qkv.weight": (3 * width, width), "mlp.fc1.weight": (4 * width, width), "norm1.weight": (width,)}
        out |= {f"encoder.layers.{stage}.blocks.0.{name}": shape for name, shape in block.items()}
    net = {"net.0.weight": (decoder, 32, 3, 3), "net.2.weight": (16, decoder, 3, 3), "net.4.weight": (3, 16, 1, 1)}
    return out | {f"decoder.{name}": shape for name, shape in net.items()}


def numbers_of(shapes: dict[str, tuple[int, ...]]) -> dict[str, Array]:
    """Trained-looking numbers of these shapes."""
    return {name: weights(n, shape) for n, (name, shape) in enumerate(shapes.items())}


@dataclass
class RecordedRun:
    """The run, to be changed and then written; keys are ids of streams."""

    models: dict[str, dict[str, Array]] = field(
        default_factory=lambda: {"patchtst": numbers_of(patchtst_layers()), "swinmae": numbers_of(swinmae_layers())}
    )
    said: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the checkpoint says besides; `config` is the file's where nothing else is said."""
    beside: dict[str, Callable[[Numbers], dict[str, Any]]] = field(default_factory=dict)
    """What else stands in the checkpoint, made with its tensors."""
    configs: dict[str, str] = field(default_factory=dict)
    config_at: dict[str, float] = field(default_factory=dict)
    """When a config was written, in seconds after the run began to be prepared."""
    tables: dict[str, bytes | None] = field(default_factory=dict)
    """A loss history instead of the recorded one; None: there is none."""

    def __post_init__(self) -> None:
        for stream in STREAMS:
            epoch, loss = BEST[stream]
            self.said[stream] = {"epoch": epoch, "val_loss": loss}
            self.configs[stream] = (DATA / f"configs/{stream}_ssl_real.yaml").read_text()

    def edit_config(self, stream: str, old: str, new: str, *, trained: bool = True) -> None:
        """Change a config's text; `trained`: the training had it so, and its checkpoint keeps it."""
        assert old in self.configs[stream], old
        if not trained:
            self.said[stream].setdefault("config", yaml.safe_load(self.configs[stream]))
        self.configs[stream] = self.configs[stream].replace(old, new)

    def write(self, root: Path) -> None:
        """Write every file with the time that it had."""
        names = []
        for stream in STREAMS:
            self._write_recorded(root, stream)
            names += [f"checkpoints/{stream}_ssl.pt", f"configs/{stream}_ssl_real.yaml"]
            write(root / names[-1], self.configs[stream], BEGAN + self.config_at.get(stream, 0.0))
            write(root / names[-2], self._checkpoint(stream), SAVED[stream])
        scaler = (DATA / "configs/scaler_fdc.json").read_bytes()
        write(root / "artifacts/scaler_fdc.json", scaler, BEGAN + 12.0)
        write(root / "docs/calibration_split_policy.md", (DATA / "configs/calibration_split_policy.md").read_bytes())
        bundle = write(root / "artifacts/bundles/run_bundle.zip", b"")
        with zipfile.ZipFile(bundle, "w") as archive:
            tables = [f"artifacts/loss/{stream}_loss_history.csv" for stream in STREAMS]
            for name in (*names, "artifacts/scaler_fdc.json", *tables):
                if (root / name).is_file():
                    archive.write(root / name, name)
        write(bundle, bundle.read_bytes(), BACKUP_AT)

    def _write_recorded(self, root: Path, stream: str) -> None:
        for path in (DATA / "recorded" / stream).iterdir():
            folder = f"runs/{stream}_ssl" if "tfevents" in path.name else "artifacts/loss"
            data = self.tables.get(stream, path.read_bytes()) if path.suffix == ".csv" else path.read_bytes()
            if data is not None:
                write(root / folder / path.name, data, ENDED[stream])

    def _checkpoint(self, stream: str) -> bytes:
        numbers = Numbers()
        model = numbers.add_all(self.models[stream])
        config = yaml.safe_load(self.configs[stream])
        more = self.beside.get(stream, lambda _: {})(numbers)
        value = {"model_state_dict": model, "config": config} | self.said[stream] | more
        return torch_zip({key: one for key, one in value.items() if one is not None}, numbers, root=f"{stream}_ssl")
