"""Documents that cross a border: the state, rows of runs, deltas, dashboard.yaml; closed and frozen."""
