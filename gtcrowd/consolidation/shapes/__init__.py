"""Shapes on a picture: boxes, polygons, polylines, keypoints and masks."""
