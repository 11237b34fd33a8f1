"""State or delta -> the plain trees that page and report are made of, one file a region."""
