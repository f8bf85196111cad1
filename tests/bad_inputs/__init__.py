"""The catalogue of bad inputs, each test named after its case (`test_b26_…`).

Each case has one short test here, which `test_catalogue.py` checks. The code concerned is tested in
depth elsewhere (`tests/discordbot`, `tests/games`, `tests/guilds`). Some cases do not apply as
named:

- B43 (addresses of pictures): pictures are uploaded and re-encoded, and no address is accepted; the
  test sends one in each field that might take it.
- B48 (CSV): nothing is exported as CSV. One's own data is exported as JSON.
- B56 (scanning ids): each is a 404. Nobody is slowed down or reported, since ids reveal nothing.
- B69 (`since` of a socket): a socket accepts no messages; anything sent counts as chatter (B68).
- B78 (broadcasts): the admin cannot write to anybody.
- B79 (impersonation): the admin cannot act as another user. Its own log records its changes.
"""
