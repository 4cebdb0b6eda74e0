"""The operator's file: what it says, what the environment changes, and what is told about a bad one."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
import pywikibot.config
from syrupy.assertion import SnapshotAssertion

from bot.errors import OperatorProblem
from bot.operatorfile import Operator, RunLimits, operator_path, read_operator_file
from bot.operatorfile.database import database_url

ROOT = Path(__file__).parent.parent
TASKS = ("archive", "notify", "summary")
WIKI = """\
  enwiki:
    site: wikipedia:en
    settings: "User:Boardclerk/settings.yaml"
    run_page: "User:Boardclerk/run"
    trusted: [sysop, Interface administrators]
"""


PROGRAMME = """\
programme:
  page: "enwiki:Project:X"
  wikis: [enwiki]
  mode: live
  goals: [{figure: intake, target: 20}]
"""


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    """Write a file as an operator would have it."""
    path = folder / "clerk.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def read(folder: Path, text: str, environ: Mapping[str, str] | None = None, mode: int = 0o600) -> Operator:
    """Read a file with this text."""
    return read_operator_file(write(folder, text, mode), environ or {}, TASKS)


def told(folder: Path, text: str, environ: Mapping[str, str] | None = None, mode: int = 0o600) -> str:
    """Give what an operator is told about a file, its folder left out."""
    with pytest.raises(OperatorProblem) as caught:
        read(folder, text, environ, mode)
    return str(caught.value).replace(f"{folder}/", "")


def test_the_sample_is_a_good_file() -> None:
    operator = read_operator_file(ROOT / "clerk.yaml.sample", {}, TASKS)
    wiki = operator.wikis["enwiki"]
    assert (wiki.name, wiki.site, wiki.api) == ("enwiki", "wikipedia:en", "")
    assert wiki.settings == "User:Boardclerk/settings.yaml"
    assert wiki.run_page == "User:Boardclerk/run"
    assert wiki.trusted == {"sysop", "interface-admin"}
    assert wiki.allowed == ("Wikipedia:Administrators' noticeboard/", "User:Boardclerk/")
    assert wiki.approval == {"archive": "Wikipedia:Bots/Requests for approval/Boardclerk"}
    assert wiki.trial.edits == {"notify": 25}
    assert wiki.trial.until == date(2027, 1, 31)
    assert operator.limits == RunLimits(50, 50, 600)


def test_the_sample_for_pywikibot_sets_only_what_pywikibot_knows() -> None:
    tree = ast.parse((ROOT / "user-config.py.sample").read_text(encoding="utf-8"))
    named = {
        target.id if isinstance(target, ast.Name) else _root_of(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
    }
    assert {"usernames", "max_retries", "solve_captcha", "cosmetic_changes", "log", "write_maxlag"} <= named
    assert not {name for name in named if not hasattr(pywikibot.config, name)}


def _root_of(target: ast.expr) -> str:
    """Give the variable that an assignment such as ``a["x"]["y"] = …`` changes."""
    while isinstance(target, ast.Subscript):
        target = target.value
    assert isinstance(target, ast.Name)
    return target.id


def test_the_sample_for_pywikibot_holds_no_secret_and_says_to_lock_the_file() -> None:
    text = (ROOT / "user-config.py.sample").read_text(encoding="utf-8")
    assert "chmod 600" in text
    assert "os.environ" in text


def test_a_file_for_nine_hundred_wikis_is_read(tmp_path: Path) -> None:
    wikis = "".join(WIKI.replace("enwiki", f"wiki{number}") for number in range(900))

    assert len(read(tmp_path, f"wikis:\n{wikis}").wikis) == 900


def test_a_small_file_has_defaults_for_the_rest(tmp_path: Path) -> None:
    operator = read(tmp_path, "wikis:\n" + WIKI)
    assert operator.limits == RunLimits()
    assert operator.wikis["enwiki"].trusted == {"sysop", "interface-admin"}
    assert operator.programme is None
    assert not operator.wikis["enwiki"].approved("archive")


def test_a_relative_database_lies_beside_the_file_wherever_the_bot_is_started(tmp_path: Path) -> None:
    assert read(tmp_path, "wikis:\n" + WIKI).database == f"sqlite:///{tmp_path.resolve()}/clerk.db"
    assert read(tmp_path, "database: sqlite:////var/x.db\nwikis:\n" + WIKI).database == "sqlite:////var/x.db"


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    environ = {"CLERK_DATABASE": "mysql+pymysql://u:p@db/x", "CLERK_EDITS_PER_RUN": "5", "CLERK_SECONDS_PER_RUN": "60"}
    operator = read(tmp_path, "limits: {notices_per_day: 7}\nwikis:\n" + WIKI, environ)
    assert operator.database == "mysql+pymysql://u:p@db/x"
    assert operator.limits == RunLimits(5, 7, 60)


def test_the_file_is_the_one_given_or_named_in_the_environment_or_right_here() -> None:
    assert operator_path(Path("a.yaml"), {"CLERK_CONFIG": "b.yaml"}) == Path("a.yaml")
    assert operator_path(None, {"CLERK_CONFIG": "b.yaml"}) == Path("b.yaml")
    assert operator_path(None, {}) == Path("clerk.yaml")


def test_a_task_may_write_where_it_was_approved_or_is_on_trial(tmp_path: Path) -> None:
    wiki = read(tmp_path, "wikis:\n" + WIKI + "    approval: {archive: A}\n    trial: {notify: 3}\n").wikis["enwiki"]
    assert [wiki.approved(task) for task in TASKS] == [True, True, False]


def test_where_a_wiki_has_no_approvals_every_task_may_write(tmp_path: Path) -> None:
    wiki = read(tmp_path, "wikis:\n" + WIKI + "    approval: not needed\n").wikis["enwiki"]
    assert all(wiki.approved(task) for task in TASKS)


def test_any_wiki_can_be_named_by_its_address(tmp_path: Path) -> None:
    text = "wikis:\n" + WIKI.replace("site: wikipedia:en", "api: http://127.0.0.1:8080/w/api.php")
    wiki = read(tmp_path, text).wikis["enwiki"]
    assert (wiki.site, wiki.api) == ("", "http://127.0.0.1:8080/w/api.php")


def test_a_programme_names_its_page_and_wikis(tmp_path: Path) -> None:
    operator = read(tmp_path, "wikis:\n" + WIKI + PROGRAMME)
    assert operator.programme is not None
    programme = operator.programme
    assert (programme.home, programme.settings.page, programme.wikis) == ("enwiki", "Project:X", ("enwiki",))
    assert programme.settings.mode == "live"
    assert programme.settings.goals[0].figure == "intake"


def test_a_file_that_is_not_there_is_answered_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(OperatorProblem, match=r"clerk\.yaml is not there .*copy clerk\.yaml\.sample"):
        read_operator_file(tmp_path / "clerk.yaml", {})


def test_a_file_that_is_not_text_or_is_a_folder_is_answered_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "clerk.yaml"
    path.write_bytes(b"wikis:\n  \xff\xfe")
    with pytest.raises(OperatorProblem, match="not UTF-8"):
        read_operator_file(path, {})
    with pytest.raises(OperatorProblem, match="cannot be read"):
        read_operator_file(tmp_path, {})


def test_a_password_that_others_can_read_is_refused(tmp_path: Path) -> None:
    text = "database: mysql+pymysql://u:secret@db/x\nwikis:\n" + WIKI
    assert read(tmp_path, text).database.endswith("@db/x")
    answer = told(tmp_path, text, mode=0o644)
    assert "chmod 600" in answer
    assert "secret" not in answer


def test_a_bad_database_is_refused_without_showing_its_password(tmp_path: Path) -> None:
    assert "secret" not in told(tmp_path, "database: postgres://u:secret@db/x\nwikis:\n" + WIKI)
    assert "secret" not in told(tmp_path, "wikis:\n" + WIKI, {"CLERK_DATABASE": "postgres://u:secret@db/x"})


BAD = {
    "empty": "",
    "text": "hello\n",
    "no wikis": "database: sqlite:///x.db\n",
    "wikis empty": "wikis:\n",
    "several mistakes": (
        "databse: sqlite:///x.db\nlimits: {edits_per_run: many, seconds_per_run: 5}\nwikis:\n"
        "  enwiki:\n    site: enwiki\n    setings: A\n    run_page: B|C\n    trusted: sysop\n    trial: {archive: x}\n"
    ),
    "neither site nor api": "wikis:\n" + WIKI.replace("    site: wikipedia:en\n", ""),
    "site and api": "wikis:\n" + WIKI + "    api: https://x.example/api.php\n",
    "api that is a page": "wikis:\n" + WIKI.replace("site: wikipedia:en", "api: https://x.example/wiki/Main_Page"),
    "api with a password": "wikis:\n" + WIKI.replace("site: wikipedia:en", "api: https://u:p@x.example/w/api.php"),
    "nobody trusted": "wikis:\n" + WIKI.replace("[sysop, Interface administrators]", "[]"),
    "wiki name with a space": "wikis:\n" + WIKI.replace("enwiki", '"English wiki"'),
    "approval in words": "wikis:\n" + WIKI + "    approval: yes\n",
    "approval of no task": "wikis:\n" + WIKI + "    approval: {archve: A}\n",
    "trial without end": "wikis:\n" + WIKI + "    trial: {archive: 5, until: soon}\n",
    "programme of no wiki": "wikis:\n" + WIKI + 'programme: {page: "enwiki:X", wikis: [dewiki]}\n',
    "database in memory": "database: sqlite://\nwikis:\n" + WIKI,
    "tab": "wikis:\n\tenwiki:\n",
    "link without quotes": "wikis:\n" + WIKI.replace('"User:Boardclerk/run"', "[[User:Boardclerk/run]]"),
    "wiki twice": "wikis:\n" + WIKI + WIKI,
    "limits twice": "limits: {edits_per_run: 5}\nlimits: {edits_per_run: 500}\nwikis:\n" + WIKI,
}


@pytest.mark.parametrize("name", BAD)
def test_every_mistake_of_a_bad_file_is_told_at_its_place(
    name: str, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    answer = told(tmp_path, BAD[name])
    assert all(line.startswith("clerk.yaml:") for line in answer.splitlines())
    assert answer == snapshot


@pytest.mark.parametrize("name", ["CLERK_EDITS_PER_RUN", "CLERK_NOTICES_PER_DAY", "CLERK_SECONDS_PER_RUN"])
def test_a_bad_limit_in_the_environment_names_the_variable(name: str, tmp_path: Path) -> None:
    assert told(tmp_path, "wikis:\n" + WIKI, {name: "lots"}).startswith(f"{name} is wrong")


# the database's address


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("toolsdb:clerk", "mysql+pymysql://s1:p%40%2Fw@tools.db.svc.wikimedia.cloud/s1__clerk?charset=utf8mb4"),
        ("mysql+pymysql://db.example/clerk", "mysql+pymysql://s1:p%40%2Fw@db.example/clerk?charset=utf8mb4"),
        ("mysql+pymysql://a:b@db.example/clerk", "mysql+pymysql://a:b@db.example/clerk"),
    ],
)
@pytest.mark.parametrize("source", ["environment", "file"])
def test_credentials_come_from_the_environment_or_toolforges_own_file(
    tmp_path: Path, given: str, wanted: str, source: str
) -> None:
    environ = {"TOOL_TOOLSDB_USER": "s1", "TOOL_TOOLSDB_PASSWORD": "p@/w"}
    if source == "file":
        environ = {"HOME": str(tmp_path)}
        file = tmp_path / "replica.my.cnf"
        file.write_text("[client]\nuser = s1\npassword = 'p@/w'\n", encoding="utf-8")
        file.chmod(0o440)

    assert database_url(tmp_path / "elsewhere" / "clerk.yaml", given, environ) == wanted


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (None, 0o440, "no user and password"),
        ("[client]\nuser = s1\npassword = hunter2\n", 0o444, "chmod 440"),
        ("[client]\nuser = s1\n", 0o440, "KeyError"),
        ("hunter2", 0o440, "MissingSectionHeaderError"),
    ],
)
def test_credentials_that_are_missing_open_or_broken_are_told_without_quoting_them(
    tmp_path: Path, content: str | None, mode: int, said: str
) -> None:
    if content is not None:
        (tmp_path / "replica.my.cnf").write_text(content, encoding="utf-8")
        (tmp_path / "replica.my.cnf").chmod(mode)

    with pytest.raises(OperatorProblem, match=said) as problem:
        database_url(tmp_path / "clerk.yaml", "toolsdb:clerk", {})

    assert "hunter2" not in str(problem.value)
    assert problem.value.__suppress_context__ or problem.value.__context__ is None


def test_a_database_that_everybody_could_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorProblem, match="_p"):
        database_url(
            tmp_path / "clerk.yaml", "toolsdb:clerk_p", {"TOOL_TOOLSDB_USER": "s", "TOOL_TOOLSDB_PASSWORD": "p"}
        )
