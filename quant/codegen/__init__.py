"""What the functions of `quant` compute, recorded once, and printed in other languages."""
