"""One command of `python -m collectors` a file: arguments -> text on stdout and an exit code."""
