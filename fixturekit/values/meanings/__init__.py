"""What names of fields mean: the tables that style ``lifelike`` looks a field's name up in.

A table is read from the whole name to its last words to its first words: ``billing_city`` is a ``city``. To teach a
name, put it behind the kind of value that it has.
"""
