"""Kind `debug`: from code and an error's text to frames in the repository, a cause and a tried patch."""
