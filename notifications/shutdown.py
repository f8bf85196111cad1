"""Whether this process has been told to stop: then nothing new is claimed."""

import threading

is_stopping = threading.Event()
