"""Around each request: trust, limits, packing, caching, bundles, and all that leans on Dash's insides."""
