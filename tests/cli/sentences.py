"""What an error on the command line has to look like."""

from subprocess import CompletedProcess


def the_sentence(done: CompletedProcess[str]) -> str:
    """Return the one sentence of a command that failed; fail if it is anything else."""
    words = done.stderr.strip()
    assert done.returncode in {1, 2}, (done.returncode, done.stdout, words)
    assert words
    assert "\n" not in words, words
    assert len(words) <= 300, words
    assert "Traceback" not in words + done.stdout
    assert words[-1] in ".!?…", words
    return words
