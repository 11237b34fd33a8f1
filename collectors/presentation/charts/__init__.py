"""Losses of a stream -> one chart as SVG, drawn where no script runs."""
