"""Errors named by what to do about them.

HubError
├── Retry    the world was not ready (busy file, lost connection): the same call may work later
├── Reject   the input is wrong: put it aside, tell the sender, go on
└── Stop     the installation is wrong or unsafe: stop, a person must act
    └── Mend a file that people write for it is wrong (mapping, profile, agreement): nothing goes on until it is right
"""


class HubError(Exception):
    """Base of all errors the hub raises on purpose. The message never holds a value from the input."""


class Retry(HubError):
    """The same call may succeed later, unchanged."""


class Reject(HubError):
    """The input breaks a rule. The message names place and rule. `rule` is its id in docs/rules.md, if it has one."""

    def __init__(self, message: str, rule: str = "") -> None:
        super().__init__(message)
        self.rule = rule


class Stop(HubError):
    """Going on would be wrong or unsafe: a person must act."""


class Mend(Stop):
    """A file that people write beside the data is wrong, and the message says where: who wrote it has to mend it."""
