"""YAML, JSON, TOML and plain text within bounds -> values, with lines and surprises."""
