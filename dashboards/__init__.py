"""Draws what gtcrowd.analytics hands over, in Dash."""
