"""The locks on the gate that neither imports nor types nor the schema can hold alone."""

import ast

from tests.architecture import tree

GATE = "src/tenantline/consent/gate.py"


def test_only_the_gate_says_yes():
    """A value of the type `Cleared` is the gate's word: who could make one need not ask."""
    makers = {
        tree.name_of(path)
        for path in tree.python_files(below=tree.PACKAGE)
        for call in tree.calls(tree.parse(path))
        if tree.dotted(call.func).split(".")[-1] == "Cleared" or replaces_a_clearance(call)
    }
    assert makers == {GATE}


def replaces_a_clearance(call: ast.Call) -> bool:
    """`dataclasses.replace(cleared, ...)` would make one out of another."""
    return (
        tree.dotted(call.func).split(".")[-1] == "replace"
        and bool(call.args)
        and tree.dotted(call.args[0]).split(".")[-1] in {"cleared", "clearance"}
    )


def test_no_name_but_its_own_is_given_to_the_type():
    """`from ... import Cleared as Other` would hide a maker from the test above."""
    aliases = [
        f"{tree.name_of(path)}:{node.lineno}"
        for path in tree.python_files(below=tree.PACKAGE)
        for node in ast.walk(tree.parse(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == "Cleared" and alias.asname not in {None, "Cleared"}
    ]
    assert aliases == []
