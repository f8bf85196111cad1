"""Acts of a person, within the bounds of Discord's own client, and their outcomes."""
