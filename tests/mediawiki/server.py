"""A real MediaWiki for tests: installed into a temporary folder on SQLite, served by PHP's own server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ADMIN = "Admin"
BOT = "Boardclerk"
PASSWORD = "a password long enough"
DEBIAN_ROOT = Path("/usr/share/mediawiki")
# Extensions that the discussion pages of MediaWiki 1.43 take, in the order in which they must be loaded.
DISCUSSION_EXTENSIONS = ("Linter", "VisualEditor", "Echo", "DiscussionTools")


@dataclass(frozen=True, slots=True)
class Options:
    """How a wiki for a test is set up.

    ``extensions`` are bundled ones, by folder name. ``php`` is appended to the wiki's settings. ``max_page_kib`` is
    ``$wgMaxArticleSize``. ``discussiontools`` loads DiscussionTools and what it takes (MediaWiki 1.43).
    """

    language: str = "en"
    extensions: tuple[str, ...] = ()
    php: str = ""
    max_page_kib: int = 2048
    time_zone: str = "UTC"
    discussiontools: bool = False


def find_root() -> Path | None:
    """The MediaWiki tree that the tests may use (``MEDIAWIKI_ROOT``, else Debian's package), or None."""
    root = Path(os.environ.get("MEDIAWIKI_ROOT") or DEBIAN_ROOT).resolve()
    if (root / "includes" / "WebStart.php").is_file() and shutil.which("php"):
        return root
    return None


def find_discussion_root() -> Path | None:
    """A MediaWiki with DiscussionTools (MEDIAWIKI_ROOT, else what ``make mediawiki-1.43`` unpacked), or None."""
    unpacked = Path(__file__).parents[2] / "build" / "mediawiki-1.43"
    for root in (find_root(), unpacked):
        if root is not None and (root / "extensions-core" / "DiscussionTools" / "extension.json").is_file():
            return root
    return None


def settings_php(root: Path, options: Options) -> str:
    """What is appended to the settings that MediaWiki's installer wrote."""
    wanted = (*options.extensions, *(DISCUSSION_EXTENSIONS if options.discussiontools else ()))
    lines = [
        # A copied folder serves under another port and finds its database beside its settings.
        '$wgServer = "http://127.0.0.1:" . (getenv("WIKI_PORT") ?: "80");',
        '$wgSQLiteDataDir = __DIR__ . "/data";',
        "foreach ([&$wgLocalisationCacheConf['storeServer'], &$wgJobTypeConf['default']['server'],"
        " &$wgObjectCaches[CACHE_DB]['server']] as &$place) { $place['dbDirectory'] = $wgSQLiteDataDir; }",
        # As MediaWiki's own defaults, but that nothing waits for the disk: a test's wiki need not outlive the power.
        '$wgDBservers = [["type" => "sqlite", "host" => "", "user" => "", "password" => "", "dbname" => $wgDBname,'
        ' "load" => 1]];',
        "foreach ([&$wgDBservers[0], &$wgJobTypeConf['default']['server'], &$wgObjectCaches[CACHE_DB]['server']]"
        " as &$place) { $place['variables']['synchronous'] = 'OFF'; }",
        '$wgCacheDirectory = __DIR__ . "/cache";',
        # Cookies know no ports: two wikis on 127.0.0.1 would log each other out.
        '$wgCookiePrefix = "wiki" . basename(__DIR__);',
        # Without diff3 MediaWiki merges nothing and every second edit is a conflict.
        f'$wgDiff3 = "{shutil.which("diff3") or "/usr/bin/diff3"}";',
        # Jobs run when a test says so, never behind another request's back.
        "$wgJobRunRate = 0;",
        # Else the edits of people who are no patrollers undo nothing until somebody patrols them.
        "$wgUseRCPatrol = false;",
        "$wgEnableEmail = false;",
        "$wgRateLimits = [];",
        "$wgAccountCreationThrottle = [];",
        "$wgPasswordAttemptThrottle = [];",
        "$wgPasswordConfig['pbkdf2']['cost'] = 1;",
        f"$wgMaxArticleSize = {options.max_page_kib};",
        f'$wgLocaltimezone = "{options.time_zone}";',
        "date_default_timezone_set($wgLocaltimezone);",
        "$wgGroupPermissions['sysop']['deleterevision'] = true;",
        "$wgGroupPermissions['sysop']['deletelogentry'] = true;",
        "$wgGroupPermissions['sysop']['suppressrevision'] = true;",
        "$wgGroupPermissions['extendedconfirmed']['extendedconfirmed'] = true;",
        "$wgRestrictionLevels[] = 'extendedconfirmed';",
        "$wgNamespacesWithSubpages[NS_MAIN] = true;",
        "$wgExtraSignatureNamespaces = [NS_PROJECT];",
        "$wgShowExceptionDetails = true;",
    ]
    folders = [root / "extensions", root / "extensions-core"]
    for name in wanted:
        at = next((folder / name for folder in folders if (folder / name / "extension.json").is_file()), None)
        if at is None:
            raise FileNotFoundError(f"this MediaWiki has no extension {name} (looked in extensions, extensions-core)")
        lines.append(f'wfLoadExtension("{name}", "{at}/extension.json");')
    if "AbuseFilter" in wanted:
        lines.append("$wgGroupPermissions['sysop']['abusefilter-modify'] = true;")
    if "SpamBlacklist" in wanted:
        lines.append("$wgBlacklistSettings = ['spam' => ['files' => []]];")
    return "\n" + "\n".join([*lines, options.php]) + "\n"


def run_php(root: Path, folder: Path, *arguments: str, installing: bool = False) -> str:
    """Runs a maintenance script on the wiki in a folder and returns what it printed."""
    environment = {**os.environ, "MW_CONFIG_FILE": str(folder / "LocalSettings.php")}
    if installing:
        del environment["MW_CONFIG_FILE"]
    done = subprocess.run(
        ["php", str(root / "maintenance" / arguments[0]), *arguments[1:]],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise RuntimeError(f"{arguments[0]} failed ({done.returncode}): {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def install(root: Path, folder: Path, options: Options = Options()) -> Path:
    """Installs a wiki with an administrator and a bot account into a folder, ready to be copied and served."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cache").mkdir(exist_ok=True)
    run_php(
        root,
        folder,
        "install.php",
        *("--dbtype", "sqlite", "--dbpath", str(folder / "data"), "--dbname", "wiki", "--confpath", str(folder)),
        *("--server", "http://127.0.0.1", "--scriptpath", "", "--lang", options.language, "--pass", PASSWORD),
        *("Testwiki", ADMIN),
        installing=True,
    )
    settings = folder / "LocalSettings.php"
    settings.write_text(settings.read_text(encoding="utf-8") + settings_php(root, options), encoding="utf-8")
    if options.extensions or options.discussiontools:
        run_php(root, folder, "update.php", "--quick", "--skip-external-dependencies")
    run_php(root, folder, "createAndPromote.php", "--bot", BOT, PASSWORD)
    # The administrator makes other accounts members of groups and hides revisions.
    run_php(root, folder, "createAndPromote.php", "--force", "--sysop", "--bureaucrat", "--interface-admin", ADMIN)
    return folder


def copy(pristine: Path, folder: Path) -> Path:
    """A second wiki from an installed one; only its settings and its database are copied."""
    return Path(shutil.copytree(pristine, folder))


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Server:
    """A served wiki: PHP's built-in server with four workers in a process group of its own.

    The workers outlive their parent when that is killed alone, so the whole group is ended.
    """

    root: Path
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def api(self) -> str:
        """The address of the wiki's API."""
        return f"http://127.0.0.1:{self.port}/api.php"

    @property
    def log(self) -> Path:
        """Where PHP writes requests and errors."""
        return self.folder / "server.log"

    def start(self) -> Server:
        """Starts the server and waits until it answers; takes another port where somebody was faster."""
        for _ in range(5):
            self._launch()
            if self._wait():
                return self
            self._end()
            self.port = free_port()
        raise RuntimeError(f"the wiki does not answer: {self.log.read_text(errors='replace')[-2000:]}")

    def _launch(self) -> None:
        environment = {
            **os.environ,
            "MW_CONFIG_FILE": str(self.folder / "LocalSettings.php"),
            "PHP_CLI_SERVER_WORKERS": "4",
            "WIKI_PORT": str(self.port),
        }
        command = ["php", "-d", "memory_limit=512M", "-d", "opcache.enable_cli=1", "-d", "apc.enable_cli=1"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "-S", f"127.0.0.1:{self.port}", "-t", str(self.root)],
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait(self) -> bool:
        """Waits until this server answers (and no other that got the port first); false when it ended or took long."""
        assert self.process is not None
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            if b") started" in self.log.read_bytes() and self._answers():
                return True
            time.sleep(0.02)
        return False

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.api}?action=query&meta=siteinfo&format=json", timeout=60) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def stop(self) -> None:
        """Ends the server and its workers, and waits until the port refuses: the workers are no children of ours."""
        if self.process is None:
            return
        self._end()
        for _ in range(500):
            if not self._listens():
                return
            time.sleep(0.01)

    def _end(self) -> None:
        assert self.process is not None
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(5)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def script(self, *arguments: str) -> str:
        """Runs one of MediaWiki's maintenance scripts on this wiki, e.g. ``script("runJobs.php")``."""
        return run_php(self.root, self.folder, *arguments)

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *problem: object) -> None:
        self.stop()
