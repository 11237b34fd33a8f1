"""Records the trainings that `python -m dash_app --demo` replays."""
