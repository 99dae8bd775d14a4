"""Kind `architecture`: import graph, cycles, floors, sizes, complexity and churn of a whole repository."""
