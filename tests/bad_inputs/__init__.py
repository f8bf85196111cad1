"""The catalogue of bad inputs, each test named after its case (`test_b26_…`).

What a case asks for is tested in depth beside its source (`tests/discordbot`, `tests/games`,
`tests/guilds`); here each id has a short test of its own, which says at a glance that it
holds (`test_catalogue.py` looks that none is missing). Where a case does not apply:

- B43 (addresses of pictures): pictures are uploaded and made anew, no address is ever taken;
  the test of this name says so for whatever field might carry one.
- B48 (CSV): nothing is exported as CSV. One's own data is exported as JSON.
- B56 (scanning ids): each is a 404; nobody is slowed down or reported, since ids tell nothing.
- B69 (`since` of a socket): a socket takes nothing; whatever it is sent counts as chatter (B68).
- B78 (broadcasts): the admin cannot write to anybody.
- B79 (impersonation): the admin cannot act as somebody else. What it changes is in its log.
"""
