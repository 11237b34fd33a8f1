"""Loss curves as Plotly figures and as tables."""
