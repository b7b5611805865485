"""Printing: papers that wait for the printer, what was given to it by whom, its files and lists."""
