"""Checkpoints of any format -> tensors, names and whether the numbers are finite; nothing is unpickled."""
