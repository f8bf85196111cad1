"""Everything `make run` and `make test` need around the product: servers, environment, processes.

Production never imports this package; there `DATABASE_URL` and `REDIS_URL` name real servers.
"""
