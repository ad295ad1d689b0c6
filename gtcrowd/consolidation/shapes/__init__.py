"""Shapes in an image: boxes, polygons, polylines, keypoints and masks, one package each, and what they share."""
