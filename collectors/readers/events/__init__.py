"""TensorBoard event files -> scalar series; only what is new is read."""
