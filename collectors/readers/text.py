"""Texts and the formats written in them: YAML, JSON, TOML, each with bounds."""
