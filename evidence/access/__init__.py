"""The one door: stored bytes leave through here, for a page, a thumbnail, a download or a command alike.

Each way out has the same steps: (1) authorise: membership, purpose, the policies that rooms registered;
(2) open the object and read it whole against the digest on record; (3) commit the `granted` entry;
(4) send, digesting again, and hold the last block back until the digest agrees; (5) a sending that breaks
off adds an `interrupted` entry. A refusal is an entry of its own, and a digest that differs is an alarm.

What this does not do: it cannot stop somebody who reads the disk, and it cannot know who looks at a screen.
"""

from evidence.access.asking import Asker, Form, asker_for_command, asker_for_request
from evidence.access.door import open_here, open_one, open_sheet, verify_original
from evidence.access.grants import GRANT_SECONDS, open_granted
from evidence.access.policies import Policy, Question, kept_back, register_policy, wordless
from evidence.access.refusing import AccessRefused, Refusal, refuse, streams_of
from evidence.access.sending import Opened
from evidence.access.sheets import Picture, Sheet

__all__ = [
    "GRANT_SECONDS",
    "AccessRefused",
    "Asker",
    "Form",
    "Opened",
    "Picture",
    "Policy",
    "Question",
    "Refusal",
    "Sheet",
    "asker_for_command",
    "asker_for_request",
    "kept_back",
    "open_granted",
    "open_here",
    "open_one",
    "open_sheet",
    "refuse",
    "register_policy",
    "streams_of",
    "verify_original",
    "wordless",
]
