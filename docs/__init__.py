"""The pages for people; what is said elsewhere already is made from there (`python -m docs`)."""
