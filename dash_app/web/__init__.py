"""Around each request, in the order of `middlewares`: trust, limits, packing, caching, and Dash's insides."""
