"""What all commands share: an error is one sentence on standard error, never a traceback."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn

import click

from tenantline.kernel.errors import TenantlineError
from tenantline.kernel.text import one_sentence

FAILED: Final = 1
MISUSED: Final = 2
LONGEST: Final = 300
_NOT_READY: Final = "The database is not ready; run tenantline init."


class Program(click.Group):
    """The root command. Turns whatever goes wrong into one sentence and an exit code.

    1: it could not be done. 2: the command line cannot be understood.
    """

    def __call__(self, *args: Any, **options: Any) -> NoReturn:
        """Run the command that the process's arguments name, and exit."""
        try:
            _check_words(sys.argv[1:])
            given = {"prog_name": "tenantline", "standalone_mode": False, **options}
            result = self.main(*args, **given)
            sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            sys.exit(0)
        except Exception as error:  # a traceback helps no installer; the sentence names its kind
            _say(sentence_for(error))
            sys.exit(_exit_code(error))
        except KeyboardInterrupt:
            _say("Interrupted.")
            sys.exit(FAILED)
        sys.exit(result if isinstance(result, int) else 0)


def sentence_for(error: Exception) -> str:
    """Return the one sentence, of at most 300 characters, that a person is told of an error."""
    words = one_sentence(_words_for(error), LONGEST - 1)
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _words_for(error: Exception) -> str:
    match error:
        case TenantlineError():
            return error.sentence
        case click.UsageError():
            return _usage(error)
        case click.ClickException():
            return error.format_message()
        case click.Abort():
            return "Interrupted."
        case OSError():
            return _os_words(error)
    return _library_words(error)


def _usage(error: click.UsageError) -> str:
    said = one_sentence(error.format_message(), 200).rstrip(".")
    path = error.ctx.command_path if error.ctx else "tenantline"
    return f"{said}; see {path} --help."


def _os_words(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or str(error) or type(error).__name__}."


def _library_words(error: Exception) -> str:
    # Imported here because `--help` needs neither Django nor settings.
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    if isinstance(error, ImproperlyConfigured):
        return f"A setting cannot be used: {error}"
    if isinstance(error, DatabaseError):
        return _NOT_READY if _lacks_tables(error) else f"The database cannot be used: {error}"
    return f"Something went wrong that was not foreseen ({type(error).__name__}: {error})"


def _lacks_tables(error: Exception) -> bool:
    words = str(error)
    return "no such table" in words or "no such column" in words or "does not exist" in words


def _exit_code(error: Exception) -> int:
    return MISUSED if isinstance(error, click.UsageError) else FAILED


def _check_words(words: Sequence[str]) -> None:
    """Refuse what no terminal types; libraries below would stumble over it one by one."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise click.UsageError("An argument is not valid UTF-8") from None


def _say(sentence: str) -> None:
    try:
        click.echo(sentence, err=True)
    except OSError as error:
        if error.errno != errno.EPIPE:
            raise
        # Nobody listens any more; the exit code still tells.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
