"""A state -> badge and still graph as SVG."""
