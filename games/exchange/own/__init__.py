"""What our own exports write and read back."""
