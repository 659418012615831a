"""The layers of a network but for its neurons as nodes of a graph, each a function of its own."""
