"""Inner rooms of the archive reader: zip directories, tar headers, unpacking within bounds."""
