"""The manual's pictures, taken from the running demo: `make screenshots`."""
