"""A flag: this process has been told to stop, and claims nothing new."""

import threading

is_stopping = threading.Event()
