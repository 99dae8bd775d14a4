"""Fault drills: real processes are killed, stopped and starved while reviews run, and every promise is counted."""
