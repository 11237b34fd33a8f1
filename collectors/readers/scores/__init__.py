"""Tables of scores and the reports that are written with them."""
