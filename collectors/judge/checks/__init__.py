"""One check a file: evidence -> outcome, detail and what to do next; pure."""
