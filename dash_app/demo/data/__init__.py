"""The recorded training that the demonstration replays."""
