"""MLflow's SQLite store -> its runs."""
