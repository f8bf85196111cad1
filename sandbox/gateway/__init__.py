"""The gateway: sessions, which outlive their sockets, and the events sent to them."""
