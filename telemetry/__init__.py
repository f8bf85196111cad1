"""What the processes tell of themselves, kept in Redis: counts for /metrics, signs of life.

None of it matters to the product. Redis away means that numbers wait or are lost, no more.
"""
