"""The parts of the HTML report, one file a section; `collectors/presentation/page.py` is their door."""
