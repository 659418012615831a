"""What single chips and runtimes compute beside the step of a neuron."""
