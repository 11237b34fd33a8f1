"""One address a file: request -> answer."""
