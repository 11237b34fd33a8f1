"""The only door to the workspace: regular files inside it, bounded, links distrusted."""
