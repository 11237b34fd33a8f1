"""Pickle opcodes -> plain values and tensor records, by an allow-list; nothing is imported or called."""
