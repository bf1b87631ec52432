"""The Python calls: ``G`` and its kin. A call is a recipe of one step, planned by the same engine and made at once.

What a call gives is read into a *shape* (names, kinds of values, options) and the values themselves. Calls of one shape
share a plan, compiled once; a call is the next rows of it, with its own values put in.
"""
