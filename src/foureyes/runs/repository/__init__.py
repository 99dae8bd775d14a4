"""SQL of runs: claims and leases, outcomes."""
