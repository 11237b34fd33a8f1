"""Files of one stream -> runs, curves, cadence, progress, metrics; pure."""
