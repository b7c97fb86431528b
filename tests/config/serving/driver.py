"""A supervisor of small scripts, run as a process of its own: python -m tests.config.serving.driver FOLDER SCRIPT..."""

import sys
from pathlib import Path

from config.serving.children import Child
from config.serving.supervisor import Supervisor

SCRIPTS = {
    # Ends when asked, and writes that it did.
    "obedient": """
import os, signal, sys, time
def end(*_):
    with open(os.path.join(FOLDER, "ended"), "a") as file: file.write(NAME + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("hello", flush=True)
with open(os.path.join(FOLDER, NAME + ".pid"), "w") as file: file.write(str(os.getpid()))
time.sleep(120)
""",
    # Never ends when asked.
    "stubborn": """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
with open(os.path.join(FOLDER, NAME + ".pid"), "w") as file: file.write(str(os.getpid()))
time.sleep(120)
""",
    # Has a child of its own that never ends when asked.
    "parent": """
import os, signal, time
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with open(os.path.join(FOLDER, NAME + ".grandchild.pid"), "w") as file: file.write(str(os.getpid()))
    time.sleep(120)
with open(os.path.join(FOLDER, NAME + ".pid"), "w") as file: file.write(str(os.getpid()))
time.sleep(120)
""",
    # Dies at once.
    "dying": """
import sys
print("cannot go on", flush=True)
sys.exit(3)
""",
    # Writes much more than a pipe holds, and a line without an end.
    "talkative": """
import os, sys, time
for number in range(20000): print("line", number)
sys.stdout.write("unfinished")
sys.stdout.flush()
with open(os.path.join(FOLDER, NAME + ".pid"), "w") as file: file.write(str(os.getpid()))
time.sleep(120)
""",
}


def child(folder: Path, name: str) -> Child:
    """The child that runs the script `name`; `name` may carry a number after a dash."""
    script = f"FOLDER, NAME = {str(folder)!r}, {name!r}\n{SCRIPTS[name.split('-', maxsplit=1)[0]]}"
    return Child(name=name, command=(sys.executable, "-I", "-S", "-c", script), patience=1.0)


def main() -> int:
    folder, names = Path(sys.argv[1]), sys.argv[2:]

    def ready() -> str | None:
        return "the-address" if all((folder / f"{name}.pid").exists() for name in names) else None

    return Supervisor([child(folder, name) for name in names], ready=ready, out=sys.stdout).run()


if __name__ == "__main__":
    sys.exit(main())
