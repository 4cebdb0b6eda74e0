"""The program's edge: a command in, an exit code out; what goes wrong is told in one sentence, never with secrets."""

from __future__ import annotations

import sys
from types import TracebackType

from bot.cli import operate
from bot.cli.console import ATTENTION, DONE, WRONG_USE, complain
from bot.cli.told import frames_told, told
from bot.errors import OperatorProblem, Problem
from bot.wiki.port import WikiError


def main() -> int:
    """Runs a command. Problems that a person can mend end in one sentence on standard error, never in a traceback."""
    try:
        operate.app(standalone_mode=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else ATTENTION
    except OperatorProblem as problem:
        complain(str(problem))
        return WRONG_USE
    except (Problem, WikiError) as problem:
        complain(str(problem))
        return ATTENTION
    except BrokenPipeError:
        # The reader of a pipe left; what was asked for was done.
        sys.stderr.close()
        return DONE
    except KeyboardInterrupt:
        complain("stopped; what was begun is finished or taken back by the next run")
        return ATTENTION
    except Exception:
        # An error's own words may hold an address, a token, a page's text: the interpreter must not print them.
        sys.excepthook = crashed
        raise
    return DONE


def crashed(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    """Says where the program failed, for its maintainers; nothing of what the error says (law 10)."""
    complain(told(error))
    for line in frames_told(error):
        complain(f"  {line}")
