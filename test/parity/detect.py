# SPDX-License-Identifier: Apache-2.0
"""Asks C libosinfo, by GObject introspection, what media and trees are. One JSON object a line in and out.

Usage: detect.py SYSTEM-DIR. In: `kind` (media, tree) and the facts by the names of their properties (`volume-id`,
`treeinfo-family`, …; absent ones left out), optionally `architecture`. Out, in the same order: `shortIds` and `arch`
of the answer (null where there is none), `languages`, and `ms`, the time of the identification alone.
"""
import json
import os
import sys
import tempfile
import time

import gi

gi.require_version("Libosinfo", "1.0")
from gi.repository import GObject, Libosinfo  # noqa: E402


def ask(db, facts):
    media = facts.pop("kind") == "media"
    entity = GObject.new(Libosinfo.Media if media else Libosinfo.Tree, id="http://example.org/read")
    for key, value in facts.items():
        if isinstance(value, int):
            entity.set_param_int64(key, value)
        else:
            entity.set_param(key, value)
    if not media:
        entity.set_param_boolean("has-treeinfo", True)
    started = time.perf_counter()
    found = db.identify_media(entity) if media else db.identify_tree(entity)
    ms = (time.perf_counter() - started) * 1000
    answer = {"shortIds": None, "arch": None, "languages": [], "ms": ms}
    if found:
        answer = {
            "shortIds": entity.get_os().get_short_id_list(),
            "arch": entity.get_architecture(),
            "languages": entity.get_languages() if media else [],
            "ms": ms,
        }
    return answer


def main():
    with tempfile.TemporaryDirectory() as empty:
        os.environ["OSINFO_SYSTEM_DIR"] = sys.argv[1]
        os.environ["OSINFO_LOCAL_DIR"] = os.environ["OSINFO_USER_DIR"] = empty
        loader = Libosinfo.Loader()
        loader.process_default_path()
        db = loader.get_db()
        for line in sys.stdin:
            print(json.dumps(ask(db, json.loads(line))), flush=True)


main()
