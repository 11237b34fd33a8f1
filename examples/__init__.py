"""Programs that show the dashboard on something real; nothing here is imported by it."""
