"""Evidence -> checks, stages, levels and the verdict; pure."""
