"""Migrations say what the models say, and go on working when the code around them changes."""

import ast
from io import StringIO

from django.core.management import call_command

from tests.architecture import tree


def test_models_and_migrations_agree(db):
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_migrations_import_nothing_of_the_product():
    """They run in an installation years from now, against code that has moved on."""
    found = [
        f"{tree.name_of(path)}: {module}"
        for path in tree.migrations()
        for node in ast.walk(tree.parse(path))
        for module in modules(node)
        if module.split(".")[0] == "tenantline"
    ]
    assert found == []


def modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        # `from . import x` in a migration reaches into its own room.
        return [node.module or ""] if not node.level else ["tenantline"]
    return []
