"""Keeping a state true while files change: watch, wait, file changes, notifications."""
