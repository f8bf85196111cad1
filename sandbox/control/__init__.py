"""The interface for tests and the page: make and change the world, act as people, cause trouble."""
