"""What several readers need: one pass over a file, CRC, magic numbers, lists of findings, number types."""
