"""Boardclerk keeps a wiki's noticeboards in order.

How the parts fit (DESIGN in one screen; ``tests/test_architecture.py`` holds it):

* ``bot.model``, ``bot.plan`` and ``bot.memory`` are the frozen values that pass between modules.
* ``bot.reading`` turns wikitext and the wiki's own facts into a ``Board``.
* ``bot.settings`` turns the community's settings page into ``Settings`` and problems.
* ``tasks`` (a package of its own) holds one pure function per task: ``plan(snapshot, settings, now)``
  returns a ``Plan``, or a ``Need`` when it must see more first.
* ``bot.runner`` gathers, asks the tasks, lets ``bot.guard`` refuse, applies, and remembers in ``bot.journal``.
* ``bot.wiki`` is the one way to a wiki: ``port`` (the protocol), ``live`` (Pywikibot), ``embedded`` (SQLite).
* ``bot.cli`` is the only place that wires these together, and the only one that imports ``tasks``.

No clock, environment, network, database, randomness or logging in model, plan, reading, settings, messages and tasks.
"""

__version__ = "0.1.0"
