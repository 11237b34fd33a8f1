"""A state -> words, colours, pictures and whole reports; pure, and without Dash."""
