"""One file format a module: open handle or bytes -> evidence. Readers judge nothing."""
