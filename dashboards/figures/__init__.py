"""Frames into figures: one function a figure. The title says what is found, the line under it how."""
