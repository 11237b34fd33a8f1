"""One module a region: a function from state to component. Pure: no I/O, no clock."""
