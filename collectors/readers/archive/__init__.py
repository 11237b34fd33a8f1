"""Zip and tar archives -> their members, every byte tested."""
