"""Files that data are read from: arrays, archives and images, damaged, hostile or larger than memory."""
