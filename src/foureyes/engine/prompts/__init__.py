"""The prompts, rendered by plain functions."""
