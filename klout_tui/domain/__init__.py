"""The pure middle of the house: values in, values out. No I/O, no clock, no framework."""
