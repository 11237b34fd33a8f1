"""Parts of the report as HTML text."""
