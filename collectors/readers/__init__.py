"""One file format a folder: an open handle -> evidence, whatever the bytes hold."""
