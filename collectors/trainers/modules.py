"""TRAINERS: every trainer that is known; of several that are equally sure the first counts."""

from __future__ import annotations

from typing import Final

from collectors.trainers import (
    catboost,
    detectron2,
    dvclive,
    fairseq,
    fastai,
    huggingface,
    keras,
    lightgbm,
    lightning,
    mlflow,
    mmengine,
    nnunet,
    plain,
    reference,
    timm,
    ultralytics,
    xgboost,
)
from collectors.trainers.spec import TrainerSpec

TRAINERS: Final[tuple[TrainerSpec, ...]] = (
    reference.SPEC,
    huggingface.SPEC,
    lightning.SPEC,
    keras.SPEC,
    timm.SPEC,
    ultralytics.SPEC,
    catboost.SPEC,
    lightgbm.SPEC,
    xgboost.SPEC,
    fastai.SPEC,
    dvclive.SPEC,
    mmengine.SPEC,
    nnunet.SPEC,
    fairseq.SPEC,
    detectron2.SPEC,
    mlflow.SPEC,
    plain.SPEC,
)


def trainer(name: str) -> TrainerSpec | None:
    """The trainer of that id; None where there is none."""
    return next((spec for spec in TRAINERS if spec.id == name), None)
