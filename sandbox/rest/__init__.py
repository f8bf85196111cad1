"""Discord's REST interface, one file for each noun."""
