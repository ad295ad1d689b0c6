"""The dashboards: draw the frames of gtcrowd.analytics with Dash."""
