"""Pickles read as opcodes: nothing named in them is ever imported or called."""
