"""Inner rooms of the event reader: records, checksums, messages, series."""
