"""The demonstration plays the training: it writes a recorded one again, live, and judges nothing."""
