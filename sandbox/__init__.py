"""A small stand-in for Discord: REST, gateway, OAuth and a page to act as a person."""
