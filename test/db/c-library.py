# SPDX-License-Identifier: Apache-2.0
"""What C libosinfo makes of a database after inheritance, for the tests of ours: one JSON object an OS.

Usage: c-library.py DIR. Fields: id, shortIds, family, year of release, minimum and recommended (by architecture),
firmware, devices (class by id).
"""
import json
import os
import sys

import gi

gi.require_version("Libosinfo", "1.0")
from gi.repository import Libosinfo  # noqa: E402

os.environ.update(OSINFO_SYSTEM_DIR=sys.argv[1], OSINFO_LOCAL_DIR="/nonexistent/osinfo", OSINFO_USER_DIR="/nonexistent/osinfo")


def nth(items):
    return [items.get_nth(index) for index in range(items.get_length())]


def amounts(items):
    return {
        one.get_architecture(): {"cpus": one.get_n_cpus(), "ram": one.get_ram(), "storage": one.get_storage()}
        for one in nth(items)
    }


loader = Libosinfo.Loader()
loader.process_default_path()
for entry in nth(loader.get_db().get_os_list()):
    answer = {
        "id": entry.get_id(),
        "shortIds": entry.get_short_id_list(),
        "family": entry.get_family(),
        "year": int(entry.get_release_date_string()[:4]) if entry.get_release_date_string() else None,
        "minimum": amounts(entry.get_minimum_resources()),
        "recommended": amounts(entry.get_recommended_resources()),
        "firmware": [
            {"arch": one.get_architecture(), "type": one.get_firmware_type()} for one in nth(entry.get_firmware_list(None))
        ],
        "devices": {one.get_id(): one.get_class() for one in nth(entry.get_all_devices(None))},
    }
    print(json.dumps(answer))
