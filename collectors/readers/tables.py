"""Inner rooms of the loss table reader: dialects, columns, rows."""
