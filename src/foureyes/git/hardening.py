"""What a repository's own configuration could make git run or hide, and the settings that stop it.

A repository that is reviewed may be hostile: its `.git/config` can name programs (fsmonitor, hooks, filters, external
diffs, ssh commands) that git would run on a mere `git diff`. Everything here goes to git through `GIT_CONFIG_COUNT`,
which wins over every file and, unlike `-c`, takes names with `=` in them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from foureyes.kit.process import plain_environment

OVERRIDES: Mapping[str, str] = {
    # Programs that git would run.
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.sshCommand": "false",
    "core.askPass": "false",
    "core.gitProxy": "false",
    "core.pager": "cat",
    "core.editor": "false",
    "core.alternateRefsCommand": "false",
    "credential.helper": "",
    "gpg.program": "false",
    "log.showSignature": "false",
    "submodule.recurse": "false",
    "diff.submodule": "short",
    "gc.auto": "0",
    "maintenance.auto": "false",
    # A bare repository hidden in a folder of the checkout would bring a configuration of its own.
    "safe.bareRepository": "explicit",
    # The graft file is named below, so that there is none; git would advise against it at each call.
    "advice.graftFileDeprecated": "false",
    # What would hide changes, or write them in a form that is not expected here.
    "core.attributesFile": "/dev/null",
    "core.bigFileThreshold": "64m",
    "core.quotePath": "false",
    "core.symlinks": "true",
    # The same change must give the same hunks for everybody: anchors and cached answers hang on them.
    "diff.algorithm": "default",
    "diff.autoRefreshIndex": "true",
    "diff.context": "3",
    "diff.indentHeuristic": "true",
    "diff.interHunkContext": "0",
    "diff.noprefix": "false",
    "diff.mnemonicPrefix": "false",
    "diff.suppressBlankEmpty": "false",
    "grep.column": "false",
    "grep.fallbackToNoIndex": "false",
    "i18n.logOutputEncoding": "UTF-8",
    "log.follow": "false",
    "log.mailmap": "false",
}

ENVIRONMENT: Mapping[str, str] = {
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    # Looking must not write to the index of somebody who works in this checkout.
    "GIT_OPTIONAL_LOCKS": "0",
    # A file named `:(exclude)*` is a file and no pattern.
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_LFS_SKIP_SMUDGE": "1",
    # Replaced and grafted commits would show another history than the one that is published.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": "/dev/null",
    # A partial clone fetches what it lacks on its own accord, from an address and through programs of its choice.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_SSH_COMMAND": "false",
}

_FILTER = re.compile(r"(filter\..*)\.(clean|smudge|process|required)", re.DOTALL)
_OWN_FILTER = {"clean": "", "smudge": "", "process": "", "required": "false"}


Settings = Sequence[tuple[str, str]]
"""Configuration as names and values; a name may come more than once, as `safe.directory` does."""


def environment(config: Settings, *, protocols: str, extra: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of one git: scrubbed, hardened, with `config` on top. `protocols` may be used to fetch."""
    settings = [*OVERRIDES.items(), *config]
    numbered = {"GIT_CONFIG_COUNT": str(len(settings)), "GIT_ALLOW_PROTOCOL": protocols or "none"}
    for number, (key, value) in enumerate(settings):
        numbered[f"GIT_CONFIG_KEY_{number}"] = key
        numbered[f"GIT_CONFIG_VALUE_{number}"] = value
    return plain_environment(**{**ENVIRONMENT, **numbered, **extra})


def defused(keys: Iterable[str]) -> Settings:
    """Overrides for the filters a repository's configuration defines: `git diff` would run them on changed files."""
    filters = dict.fromkeys(match[1] for key in keys if (match := _FILTER.fullmatch(key)))
    return [(f"{name}.{part}", value) for name in filters for part, value in _OWN_FILTER.items()]
