"""Rows of a fleet -> its page, as a plain tree: it needs no Dash and no script."""
