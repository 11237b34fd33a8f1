"""Two runs -> what differs and whether it is worse; pure."""
