# SPDX-License-Identifier: Apache-2.0
"""Lets C libosinfo, by GObject introspection, make install scripts. Usage: install-script.py SYSTEM-DIR

In: one JSON object a line, `os` (short id) and `config` (values by the names of parameters). Out, in the same order: a
list of `id`, `text` and `commandLine` of every script of the operating system; `text` is null where it cannot be made.
"""
import json
import os
import sys
import tempfile

import gi

gi.require_version("Libosinfo", "1.0")
from gi.repository import GLib, Libosinfo  # noqa: E402


def made(make):
    try:
        return make()
    except GLib.Error:
        return None


def answer(system, question):
    config = Libosinfo.InstallConfig.new("https://libosinfo.org/config")
    for key, value in question["config"].items():
        config.set_param(key, value)
    scripts = system.get_install_script_list()
    return [
        {
            "id": script.get_id(),
            "text": made(lambda: script.generate(system, config, None)),
            "commandLine": made(lambda: script.generate_command_line(system, config)),
        }
        for script in (scripts.get_nth(index) for index in range(scripts.get_length()))
    ]


def main():
    with tempfile.TemporaryDirectory() as empty:
        os.environ["OSINFO_SYSTEM_DIR"] = sys.argv[1]
        os.environ["OSINFO_LOCAL_DIR"] = os.environ["OSINFO_USER_DIR"] = empty
        loader = Libosinfo.Loader()
        loader.process_default_path()
        systems = loader.get_db().get_os_list()
        by_name = {}
        for index in range(systems.get_length()):
            system = systems.get_nth(index)
            for name in system.get_short_id_list():
                by_name[name] = system
        for line in sys.stdin:
            question = json.loads(line)
            print(json.dumps(answer(by_name[question["os"]], question)), flush=True)


main()
