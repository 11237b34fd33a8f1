"""Two small, real trainers, PatchTST-SSL and SwinMAE-SSL, that fill a workspace.

``python -m examples.reference_pipeline --workspace DIR`` turns sensor recordings into the
checkpoints, logs, configs and reports that the dashboard watches. Importing this package
does nothing; torch is imported only once the options were found to be good.
"""
