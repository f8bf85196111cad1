"""The control interface of tests and the page: change the world, act as people, cause trouble."""
