"""Scaler files -> centers and scales."""
