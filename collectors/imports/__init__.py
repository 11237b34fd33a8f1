"""Runs from elsewhere -> snapshots in the store."""
