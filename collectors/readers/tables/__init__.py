"""CSV, JSON and JSONL tables of metrics -> rows."""
