"""The release room: exact cubes go in, one rounded, signed and frozen table per quarter and cube comes out."""
