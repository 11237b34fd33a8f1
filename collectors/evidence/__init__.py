"""What one file says, as frozen records without a verdict."""
