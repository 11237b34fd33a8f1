"""The parts of the HTML report, one file a section; `collectors/html_report.py` is their door."""
