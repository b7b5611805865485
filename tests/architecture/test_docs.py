"""What an installer can set or call stands in the docs, and what stands in the docs exists."""

import ast
import re

import click

from tests.architecture import tree

SETTINGS_DOC = tree.ROOT / "docs" / "settings.md"
SETTING = re.compile(r"\b(?:TENANTLINE_[A-Z0-9_]+|DATABASE_URL|EMAIL_URL)\b")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
# Read by the tests, not by the product.
FOR_TESTS = {"TENANTLINE_TEST_DATABASE"}


def settings_read() -> set[str]:
    """What the configuration asks its environment for: the first argument of a call."""
    return {
        text
        for path in tree.python_files(below=tree.PACKAGE / "config")
        for call in tree.calls(tree.parse(path))
        for first in call.args[:1]
        if isinstance(first, ast.Constant) and SETTING.fullmatch(text := str(first.value))
    }


def test_every_setting_is_documented_and_every_documented_setting_exists():
    documented = set(SETTING.findall(SETTINGS_DOC.read_text(encoding="utf-8")))
    # X_FILE names a file that holds the value of X.
    documented = {name.removesuffix("_FILE") for name in documented} - FOR_TESTS
    assert documented == settings_read()


def test_the_environment_is_read_in_one_place():
    readers = {
        tree.name_of(path)
        for path in tree.python_files(below=tree.PACKAGE)
        for node in ast.walk(tree.parse(path))
        if tree.dotted(node) in {"os.environ.get", "os.getenv", "environ.get"}
    }
    assert readers <= {"src/tenantline/config/environment.py"}


def commands() -> list[str]:
    from tenantline.cli.main import main

    return sorted(names(main, "tenantline"))


def names(command: click.Command, path: str) -> list[str]:
    if not isinstance(command, click.Group):
        return [] if command.hidden else [path]
    children = command.commands.items()
    return [name for word, child in children for name in names(child, f"{path} {word}")]


def test_every_command_is_documented():
    docs = [tree.ROOT / "README.md", *sorted((tree.ROOT / "docs").rglob("*.md"))]
    words = "\n".join(path.read_text(encoding="utf-8") for path in docs)
    assert [name for name in commands() if name not in words] == []


def test_links_between_documents_lead_somewhere():
    lost = [
        f"{tree.name_of(path)}: {target}"
        for path in tree.committed()
        if path.suffix == ".md"
        for target in re.findall(LINK, path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert lost == []
