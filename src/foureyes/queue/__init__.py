"""The queue: docket, which carries ids of reviews and nothing else."""
