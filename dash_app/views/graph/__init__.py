"""The pipeline graph, its overlay, its list of stages and their details."""
