"""Models, data loading and scoring, as one package that can stand alone.

The pipeline trains with these modules and copies them into ``inference/`` of the workspace,
so that a checkpoint can be scored there without the repository that made it. They import one
another only relatively, and outside of them only numpy, torch and PyYAML.
"""
