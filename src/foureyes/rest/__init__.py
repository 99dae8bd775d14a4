"""What every endpoint needs and no noun owns: services, who asks, problems, bodies, pages by key."""
