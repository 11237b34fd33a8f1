"""What is true now: state files -> states, runs, pulses; nothing is written."""
