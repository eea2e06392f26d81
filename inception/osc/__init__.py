"""Online schema change: large ALTERs by pt-online-schema-change, a tool of Percona's that is driven, not reimplemented.

`job` is what there is to do, `command` how the tool is called, `output` what its lines mean: these are pure. `tool`
looks for it, `run` is its process, which ends with its worker (`bound`), `clean` removes what it left on a target, also
for a worker that has died (`orphan`), and `abandoned` finds what nobody has removed. Which way an ALTER TABLE runs is
decided in ways.py.
"""
