"""Answers that are not one class out of several: what every kind of value has in common, and the kinds themselves.

`table` holds the answers, `outcome` the result, `method` one way from the one to the other, `form` a whole kind: how
its values are read and written, its methods, and how near two values are.
"""
