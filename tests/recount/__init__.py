"""A second count of the warehouse's figures: plain Python over opened events, sharing no rule's code with it."""
