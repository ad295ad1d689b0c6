"""Answers that are not one class: what all structured values share, and one package per value with its methods.

`table` holds the answers, `summary` puts the result together, `method` makes a function a method, and `value_type`
describes a type of value: how it is read and written, its methods, and how similar two values are.
"""
