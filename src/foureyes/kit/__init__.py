"""Small things every floor stands on: clock, ids, text, processes, stores."""
