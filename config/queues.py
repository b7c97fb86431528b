"""How the worker is reached: through Redis, or through a folder when there is no server to install.

The database is the queue of record. A message is only a nudge: it may be lost, and the sweep picks up what nobody
nudged.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

# Seconds between two looks of the sweep at what waits in the database.
SWEEP_EVERY = 20
# Seconds between two turns at reading stored originals back; each turn reads what its share of the hour pays for.
READ_BACK_EVERY = 60
# A look that the worker had no time for is dropped, not piled up.
READ_BACK = {"task": "evidence.read_back", "schedule": READ_BACK_EVERY, "options": {"expires": READ_BACK_EVERY}}
# Seconds between two looks at dossiers that wait to be built.
BUILD_EVERY = 5
BUILD = {"task": "testimony.build_dossiers", "schedule": BUILD_EVERY, "options": {"expires": BUILD_EVERY}}
# Seconds between two looks at dossiers whose time-stamps end within half a year.
RENEW_EVERY = 6 * 3600
RENEW = {"task": "testimony.renew_dossiers", "schedule": RENEW_EVERY, "options": {"expires": RENEW_EVERY}}
SWEEP = {"task": "evidence.examine_waiting", "schedule": SWEEP_EVERY, "options": {"expires": SWEEP_EVERY}}


def describe(redis_url: str, root: Path) -> dict[str, Any]:
    """Settings of Celery, for `Celery.conf`."""
    common: dict[str, Any] = {
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "worker_hijack_root_logger": False,
        "worker_prefetch_multiplier": 1,
        "broker_connection_retry_on_startup": True,
        "enable_utc": True,
        "timezone": "UTC",
        "beat_schedule": {"sweep": SWEEP, "read-back": READ_BACK, "build": BUILD, "renew": RENEW},
        "beat_schedule_filename": str(root / "work" / "schedule"),
    }
    if redis_url:
        return common | {"broker_url": redis_url}
    broker = root / "work" / "broker"
    return common | {
        "broker_url": "filesystem://localhost",
        "broker_transport": "config.queue_folder:Transport",
        "broker_transport_options": _folders(broker),
    }


def _folders(broker: Path) -> dict[str, Any]:
    return {
        "data_folder_in": str(broker / "messages"),
        "data_folder_out": str(broker / "messages"),
        "control_folder": str(broker / "control"),
        "processed_folder": str(broker / "processed"),
        "store_processed": False,
    }
