"""A tree means what the text means: written out again with every parenthesis, it has the same value on the servers."""

import random
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from inception.errors import ServerError
from inception.lexer import Syntax
from inception.sql import quote_text
from tests.servers import DatabaseServer
from tests.tree.support import SYNTAX, expression

ARITHMETIC = ("+", "-", "*", "DIV", "%", "MOD", "&", "|", "^", "<<", ">>")
COMPARISONS = ("=", "<=>", "!=", "<>", "<", "<=", ">", ">=")
CONNECTORS = ("AND", "&&", "OR", "XOR")
EXPRESSIONS = 60  # of each seed, in one query


def written(node: dict[str, Any]) -> str:
    """Return a node as SQL in which nothing depends on what binds tighter."""
    match node["type"]:
        case "INT_ITEM" | "DECIMAL_ITEM" | "REAL_ITEM" | "NULL_ITEM":
            return f"({node['value']})"
        case "STRING_ITEM":
            return quote_text(node["value"])
        case "COND_ITEM":
            return "(" + f" {node['func']} ".join(map(written, node["args"])) + ")"
    arguments = [written(each) for each in node.get("args", ())]
    name = node["func"] if node["func"] != "OTHERS" else node["name"]
    if node["func"] == "CASE":
        cases = "".join(f" WHEN {written(each['when'])} THEN {written(each['then'])}" for each in node["cases"])
        return f"(CASE {written(node['value'])}{cases} ELSE {written(node['else'])} END)"
    match name:
        case "ISNULL" | "ISNOTNULL":
            return f"({arguments[0]} IS {'NOT ' if name == 'ISNOTNULL' else ''}NULL)"
        case "IS TRUE" | "IS FALSE":
            return f"({arguments[0]} {name})"
        case "IN":
            return f"({arguments[0]} IN ({', '.join(arguments[1:])}))"
        case "BETWEEN":
            return f"({arguments[0]} BETWEEN {arguments[1]} AND {arguments[2]})"
        case "IF" | "CONCAT":
            return f"{name}({', '.join(arguments)})"
    return f"({name} {arguments[0]})" if len(arguments) == 1 else f"({arguments[0]} {name} {arguments[1]})"


class Expressions:
    """Makes expressions of small numbers, with few parentheses."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def atom(self) -> str:
        return self.random.choice(("0", "1", "2", "3", "7", "NULL", "'2'", "1.5", "(2 > 1)", "(3 XOR 1)"))

    def bits(self, depth: int) -> str:
        """Return a bit_expr of the grammar: operators that bind tighter than comparisons."""
        if depth == 0 or self.random.random() < 0.2:
            return self.random.choice(("", "", "", "- ", "~", "! ")) + self.atom()
        return f"{self.bits(depth - 1)} {self.random.choice(ARITHMETIC)} {self.bits(depth - 1)}"

    def predicate(self, depth: int) -> str:
        """Return a predicate: one of LIKE, IN, BETWEEN, REGEXP at most, without parentheses."""
        one, negation = self.bits(2), self.random.choice(("", "NOT "))
        made = (
            lambda: one,
            lambda: f"{one} {negation}IN (1, {self.make(depth - 1)})",
            lambda: f"{one} {negation}BETWEEN {self.bits(1)} AND {self.predicate(depth - 1) if depth > 0 else '3'}",
            lambda: f"{one} {negation}LIKE {self.atom()}",
            lambda: f"{one} {negation}REGEXP {self.bits(1)}",
        )
        return self.random.choice(made)()

    def make(self, depth: int) -> str:
        if depth <= 0:
            return self.predicate(0)
        one, two = self.make(depth - 1), self.make(depth - 1)
        made = (
            lambda: f"{self.predicate(depth - 1)} {self.random.choice(COMPARISONS)} {two}",
            lambda: f"{one} {self.random.choice(COMPARISONS)} {self.predicate(depth - 1)}",
            lambda: f"{one} {self.random.choice(CONNECTORS)} {two}",
            lambda: f"{self.bits(2)} || {self.bits(2)}",
            lambda: f"NOT {one}",
            lambda: f"{one} IS {self.random.choice(('', 'NOT '))}{self.random.choice(('NULL', 'TRUE', 'FALSE'))}",
            lambda: f"({one}) {self.random.choice(ARITHMETIC)} ({two})",
            lambda: f"CASE {one} WHEN {two} THEN 1 ELSE {self.atom()} END",
            lambda: f"IF({one}, {two}, 5)",
        )
        return self.random.choice(made)()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("mode", ["", "PIPES_AS_CONCAT", "HIGH_NOT_PRECEDENCE", "PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE"])
def test_operators_bind_as_on_the_servers(target: DatabaseServer, seed: int, mode: str) -> None:
    make = Expressions(seed)
    compared = 0
    syntax = replace(SYNTAX, pipes_as_concat="PIPES" in mode, high_not_precedence="HIGH" in mode)
    with target.connect() as session:
        session.query(f"SET SESSION sql_mode = '{mode}'")
        while compared < EXPRESSIONS:
            text = make.make(3)
            try:
                value = session.value(f"SELECT {text}")
            except ServerError:  # out of range
                continue
            again = _again(text, syntax)
            assert session.value(f"SELECT {again}") == value, (text, again)
            compared += 1


@cache  # the kinds of server are asked the same
def _again(text: str, syntax: Syntax) -> str:
    return written(expression(text, syntax))
