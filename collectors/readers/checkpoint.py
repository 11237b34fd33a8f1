"""Inner rooms of the checkpoint reader: one container format each, and what their tensors say."""
