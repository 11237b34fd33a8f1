"""The demonstration: a recorded training, written again into a temporary workspace while it is watched.

This package plays the training's part, so it writes files; it judges nothing and changes no value.
"""
