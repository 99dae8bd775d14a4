"""Language models behind one port: providers, retries, cache, budget, scripted twin."""
