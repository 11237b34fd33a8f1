"""The state directory: the only writer, and the only room that knows its paths."""
