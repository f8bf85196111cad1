"""`make setup`: a Discord application's credentials, checked and written to `.env`.

It runs before there are settings, also on a production server, and needs only `requirements.txt`.
"""
