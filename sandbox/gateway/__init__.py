"""The gateway: sessions that outlive their sockets, and what is sent to them."""
