"""What is new on disk -> evidence of one workspace; also dashboard.yaml and the workspace's own commands."""
