"""Static tools behind one Protocol, called inertly and limited."""
