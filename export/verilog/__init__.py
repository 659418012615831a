"""Networks as Verilog."""
