"""One file for each form a review can be written in; `forms` names them all."""
