"""One module a trainer: how its outputs are recognised, and what its files mean as a pipeline's description."""
