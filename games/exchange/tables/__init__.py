"""Reading tables made elsewhere."""
