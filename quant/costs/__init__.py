"""What a deployed network costs on a chip: events, memory, cores, modelled energy."""
