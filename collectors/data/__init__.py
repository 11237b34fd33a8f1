"""Data shipped with the collectors: the default pipeline and the JSON Schema of the state."""
