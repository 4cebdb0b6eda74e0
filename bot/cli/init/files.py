"""The operator's files as ``clerk init`` writes them: clerk.yaml, user-config.py and what holds the password."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

OAUTH_VARIABLES = (
    "CLERK_OAUTH_CONSUMER_KEY",
    "CLERK_OAUTH_CONSUMER_SECRET",
    "CLERK_OAUTH_ACCESS_KEY",
    "CLERK_OAUTH_ACCESS_SECRET",
)
CONFIG, PASSWORDS = "user-config.py", "user-password.py"
# Holds the keys to an account: for its owner alone.
_PRIVATE = 0o600


class LoginKind(StrEnum):
    """The ways in which a bot can log in (Special:BotPasswords, Special:OAuthConsumerRegistration, or plainly)."""

    BOT_PASSWORD = "bot-password"  # noqa: S105 - the name of a kind of login
    OAUTH = "oauth"
    PASSWORD = "password"  # noqa: S105 - the name of a kind of login


@dataclass(frozen=True, slots=True)
class Login:
    """How an account logs in.

    ``name`` is what stands after the @ of a bot password's user name. ``secrets`` are one password or OAuth's four
    tokens; ``from_environment`` leaves them there.
    """

    kind: LoginKind
    name: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    from_environment: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that was asked. ``host`` is the wiki's, with its port; ``boards`` are titles as the wiki has them."""

    name: str
    site: str
    api: str
    host: str
    account: str
    login: Login
    contact: str
    settings: str = ""
    run_page: str = ""
    trusted: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    approval_needed: bool = True

    @property
    def family(self) -> tuple[str, str]:
        """Pywikibot's family and code: those of the site, or the wiki's name twice where it goes by its address."""
        family, _, code = self.site.partition(":")
        return (family, code) if self.site else (self.name, self.name)


def _quoted(text: str) -> str:
    """A text in quotes that mean the same to YAML and to Python."""
    return json.dumps(text, ensure_ascii=False)


def clerk_yaml(answers: Answers) -> str:
    """The operator's file. It holds no secret."""
    trusted = ", ".join(answers.trusted)
    where = f"site: {answers.site}" if answers.site else f"api: {answers.api}"
    approval = (
        "    # A task writes nothing before it was approved or may be tried; see clerk trial-report:\n"
        '    # approval: {archive: "Project:Bots/Requests for approval/NAME"}\n'
        "    # trial: {archive: 50, notify: 25, until: YYYY-MM-DD}\n"
        if answers.approval_needed
        else "    approval: not needed\n"
    )
    return (
        "# The operator's file of Boardclerk; clerk.yaml.sample explains every line and the others there are.\n"
        "database: sqlite:///clerk.db\n"
        "wikis:\n"
        f"  {answers.name}:\n"
        f"    {where}\n"
        "    # The community sets the bot up on this page; members of the trusted groups save it.\n"
        f"    settings: {_quoted(answers.settings)}\n"
        '    # Unless this page says "run" the bot writes nothing. Anybody may stop it, trusted users start it.\n'
        f"    run_page: {_quoted(answers.run_page)}\n"
        f"    trusted: [{trusted}]\n"
        "    # Where it may write besides the boards, their subpages and talk pages.\n"
        f"    allowed: [{_quoted(f'User:{answers.account}/')}]\n"
        f"{approval}"
    )


def user_config(answers: Answers) -> str:
    """Pywikibot's file: account, login, contact. It holds OAuth's tokens where they are not in the environment."""
    family, code = answers.family
    lines = [
        "# Pywikibot's file: which account the bot acts as and how it logs in; user-config.py.sample explains it.",
        "# Pywikibot runs it as a program. Nobody else may read or write it: chmod 600",
        f"usernames[{_quoted(family)}][{_quoted(code)}] = {_quoted(answers.account)}",
        *_login_lines(answers),
        "# Seconds between two writes: what bot policies ask of work that is not urgent.",
        "put_throttle = 10",
        "# The wiki's operators write here before they block.",
        f"user_agent_description = {_quoted(f'contact: {answers.contact}')}",
    ]
    return "\n".join([*lines, ""])


def _login_lines(answers: Answers) -> list[str]:
    login = answers.login
    if login.kind is not LoginKind.OAUTH:
        return [f"password_file = {_quoted(PASSWORDS)}"]
    if not login.from_environment:
        tokens = ", ".join(_quoted(secret) for secret in login.secrets)
        return [f"authenticate[{_quoted(answers.host)}] = ({tokens})"]
    return [
        "import os",
        f"if os.environ.get({_quoted(OAUTH_VARIABLES[0])}):",
        f"    authenticate[{_quoted(answers.host)}] = (",
        *(f"        os.environ[{_quoted(name)}]," for name in OAUTH_VARIABLES),
        "    )",
    ]


def user_password(answers: Answers) -> str | None:
    """Pywikibot's password file, None where OAuth needs none. One line: Pywikibot reads it as a literal."""
    family, code = answers.family
    who = f"{_quoted(code)}, {_quoted(family)}, {_quoted(answers.account)}"
    match answers.login:
        case Login(kind=LoginKind.BOT_PASSWORD, name=name, secrets=(secret,)):
            return f"({who}, BotPassword({_quoted(name)}, {_quoted(secret)}))\n"
        case Login(kind=LoginKind.PASSWORD, secrets=(secret,)):
            return f"({who}, {_quoted(secret)})\n"
    return None


def login_files(answers: Answers) -> Mapping[str, str]:
    """Pywikibot's files by name."""
    passwords = user_password(answers)
    return {CONFIG: user_config(answers)} | ({PASSWORDS: passwords} if passwords is not None else {})


def write_private(path: Path, text: str) -> None:
    """Writes a file that nobody but its owner could read at any instant, in place of whatever stood there."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
