"""The live socket: what happens to reviews, told to those who watch."""
