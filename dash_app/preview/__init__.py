"""A file that the state names -> its first lines or its picture, within bounds."""
