"""The audit rules, one module each: the file name is the rule's name, the docstring its documentation."""
