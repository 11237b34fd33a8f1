"""nnU-Net 2.8.1: `python ../record.py nnunet`, with `torch` and `nnunetv2` installed.

`folder`: fold 0 of a 2d model, 6 of 6 epochs (from 0) of 3 iterations, `training_log_*.txt`, `progress.png`,
`checkpoint_best.pth`, `checkpoint_final.pth`, `validation/summary.json`, below the results folder of a data set. The
plans are cut to a tiny network. `killed`: SIGKILL after epoch 4 of 50: `checkpoint_latest.pth` (each 2 epochs), no
final one. Images made here, seed 7; `progress.png` is left out of the archive for its size.
"""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path

os.environ["nnUNet_results"] = "/tmp/run"
os.environ["nnUNet_raw"] = os.environ["nnUNet_preprocessed"] = ""
os.environ["nnUNet_n_proc_DA"] = "0"
