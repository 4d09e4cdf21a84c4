"""How a delivery gets from the edge to the hub: a folder here, Kafka elsewhere. It carries sealed bytes only."""
