"""The categorical methods, one file each; a further file with a decorated function is a further method."""
