"""`make setup`: a Discord application's credentials, checked and written to `.env`.

Runs before there are settings, on a production server too: it needs `requirements.txt` alone.
"""
