"""The checks, a few a module: evidence -> Judgement. Pure: no I/O, no clock."""
