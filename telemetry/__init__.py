"""Figures about the processes, kept in Redis: counters for /metrics, and heartbeats.

The product does not depend on them: without Redis, figures are late or lost, and nothing else.
"""
