"""What the files say of one matter twice, or oddly: each finding with an id, a level and a check that tells it."""
