"""Makes the folders beside it: `python ../record.py timm`.

Made with timm 1.0.31 and torch 2.14.1, on a CPU, seed 42, a vision transformer of two thousand numbers on random
pictures of 16 pixels. timm's own `train.py` is in its repository only, neither in its wheel nor in its source archive:
this has a loop of its own and calls what that script calls, in its order and with its arguments. `args.yaml` is dumped
from the options (those that matter here, with the script's names), `create_scheduler_v2` gives the number of epochs,
then `get_outdir`, `CheckpointSaver`, `update_summary`.
`folder`: 6 epochs and 2 of cooldown, the two best checkpoints kept by `top1`. `killed`: SIGKILL in the fifth epoch,
with a recovery checkpoint every ten batches.
"""

from __future__ import annotations

import argparse
from collections import OrderedDict
from pathlib import Path
from typing import Any

import torch
import yaml
from timm.models import create_model
from timm.optim import create_optimizer_v2, optimizer_kwargs
from timm.scheduler import create_scheduler_v2, scheduler_kwargs
from timm.utils import AverageMeter, CheckpointSaver, accuracy, get_outdir, random_seed, update_summary
from trainers.record import ROOM
from trainers.recording import best_of, kill_now, points, table_series

LIBRARIES = ("timm", "torch")
ENDED = {"folder": "complete", "killed": "killed"}
SIZE, BATCHES = 16, 40
KILL_IN = (4, 16)  # epoch and batch, from 0
EXPERIMENT = "20260101-120000-vit_tiny_patch16_224-16"
TINY = {"img_size": SIZE, "patch_size": 8, "embed_dim": 8, "depth": 1, "num_heads": 2}


def options(name: str) -> argparse.Namespace:
    """What the script's command line would hold."""
    return argparse.Namespace(
        amp=False,
        batch_size=8,
        checkpoint_hist=2,
        clip_grad=None,
        cooldown_epochs=2,
        data_dir="data",
        dataset="",
        decay_epochs=90,
        decay_rate=0.1,
        epochs=6,
        eval_metric="top1",
        experiment=EXPERIMENT,
        in_chans=1,
        log_interval=50,
        log_wandb=False,
        lr=0.005,
        min_lr=0.0001,
        model="vit_tiny_patch16_224",
        model_ema=False,
        model_kwargs=dict(TINY),
        momentum=0.9,
        num_classes=2,
        opt="adamw",
        output=str(ROOM / "output/train"),
        patience_epochs=10,
        recovery_interval=10 if name == "killed" else 0,
        resume="",
        sched="cosine",
        seed=42,
        start_epoch=None,
        warmup_epochs=1,
        warmup_lr=1e-05,
        weight_decay=2e-05,
        workers=0,
    )


def pictures(count: int, seed: int) -> Any:
    """Noise, brighter in its left half or its right; one label in five is wrong."""
    dice = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, 2, (count,), generator=dice)
    found = torch.randn(count, 1, SIZE, SIZE, generator=dice)
    for side in (0, 1):
        found[labels == side, :, :, side * SIZE // 2 : (side + 1) * SIZE // 2] += 1.0
    wrong = torch.rand(count, generator=dice) < 0.2
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(found, labels ^ wrong), batch_size=8)


def train_one_epoch(epoch: int, net: Any, saver: CheckpointSaver) -> OrderedDict[str, float]:
    """One pass over the training pictures."""
    losses, args, optimizer = AverageMeter(), saver.args, saver.optimizer
    net.train()
    for index, (found, labels) in enumerate(pictures(8 * BATCHES, 1)):
        if args.recovery_interval and (epoch, index) == KILL_IN:
            kill_now()
        loss = torch.nn.functional.cross_entropy(net(found), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.update(loss.item(), len(found))
        if args.recovery_interval and (index + 1) % args.recovery_interval == 0:
            saver.save_recovery(epoch, batch_idx=index)
    return OrderedDict([("loss", losses.avg)])


@torch.no_grad()
def validate(net: Any) -> OrderedDict[str, float]:
    """One pass over the others."""
    losses, top1, top5 = AverageMeter(), AverageMeter(), AverageMeter()
    net.eval()
    for found, labels in pictures(48, 2):
        output = net(found)
        first, fifth = accuracy(output, labels, topk=(1, 5))
        losses.update(torch.nn.functional.cross_entropy(output, labels).item(), len(found))
        top1.update(first.item(), len(found))
        top5.update(fifth.item(), len(found))
    return OrderedDict([("loss", losses.avg), ("top1", top1.avg), ("top5", top5.avg)])


def train(name: str) -> None:
    """One recording, in the present folder."""
    args = options(name)
    said = yaml.safe_dump(args.__dict__, default_flow_style=False)
    random_seed(args.seed, 0)
    net = create_model(args.model, in_chans=args.in_chans, num_classes=args.num_classes, **args.model_kwargs)
    optimizer = create_optimizer_v2(net, **optimizer_kwargs(cfg=args))
    output = get_outdir(args.output, args.experiment)
    saver = CheckpointSaver(
        model=net,
        optimizer=optimizer,
        args=args,
        checkpoint_dir=output,
        recovery_dir=output,
        decreasing=args.eval_metric == "loss",
        max_history=args.checkpoint_hist,
    )
    (Path(output) / "args.yaml").write_text(said)
    schedule, epochs = create_scheduler_v2(optimizer, **scheduler_kwargs(args), updates_per_epoch=BATCHES)
    best = None
    for epoch in range(epochs):
        train = train_one_epoch(epoch, net, saver)
        held = validate(net)
        rates = [group["lr"] for group in optimizer.param_groups]
        update_summary(
            epoch,
            train,
            held,
            filename=str(Path(output) / "summary.csv"),
            lr=sum(rates) / len(rates),
            write_header=best is None,
        )
        best, _ = saver.save_checkpoint(epoch, metric=held[args.eval_metric])
        schedule.step(epoch + 1, held[args.eval_metric])


def read(_name: str, _folder: Path) -> dict[str, Any]:
    """What summary, arguments and checkpoints hold."""
    folder = ROOM / "output/train" / EXPERIMENT
    series = table_series(ROOM, folder / "summary.csv", "epoch")
    epochs = [at for at, _ in points(series, "train_loss")]
    args = yaml.safe_load((folder / "args.yaml").read_text())
    kept = {path.name: torch.load(path, weights_only=False) for path in sorted(folder.glob("*.pth.tar"))}
    return {
        "unit": "epoch",
        "first": epochs[0],
        "last": epochs[-1],
        "total": args["epochs"] + args["cooldown_epochs"],
        "total_said_by": "args.yaml: epochs + cooldown_epochs",
        "best": best_of(series, "eval_top1", higher=True),
        "judged": f"output/train/{EXPERIMENT}/model_best.pth.tar",
        "checkpoints": {
            name: {key: state.get(key) for key in ("arch", "epoch", "metric", "version", "saver")}
            for name, state in kept.items()
        },
        "series": series,
    }
