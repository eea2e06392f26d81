"""Commands for release pipelines: check, execute, roll back, split and print files of SQL without a server of ours.

They run the same pipeline as a batch that comes over the wire, in this process.
"""
