"""The base of every notice, the event it comes from and the context it is sent in."""
