"""The worker process: its one list of tasks, and how it starts and stops."""
