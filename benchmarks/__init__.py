"""How fast each section of the pipe is, beside the raw library or the plain way of doing the same. `make bench`."""
