"""Scores, thresholds and words -> what was decided, recomputed: alarms, pairs, rates. Pure."""
