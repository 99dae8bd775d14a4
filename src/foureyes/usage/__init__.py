"""Usage: calls of models and their answers, and the money that they may cost."""
