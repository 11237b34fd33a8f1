"""The decisions tab: what stands in it, and what its script needs to know."""
