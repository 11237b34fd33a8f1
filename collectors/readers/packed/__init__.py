"""The inside of zip files: directory, entries, members, unpacking within bounds."""
