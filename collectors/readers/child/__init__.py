"""The process that reads what may be expensive, with limits of time and memory; it speaks JSON only."""
