# SPDX-License-Identifier: Apache-2.0
"""What the real virt-install answers, one OS after the other in one process.

Reads from standard input one JSON document: a list of questions {"uri", "options", "names"}, of short ids. Writes one
JSON document a line: {"question", "name", "xml", "memory", "disk", "diskGb"}, or {"question", "name", "error"}. "memory"
and "disk" say whether the database names them; where it does not, virt-install refuses, and is asked again with
--memory 2048 and --disk size=20.
"""
import contextlib
import io
import json
import sys

sys.path.insert(0, "/usr/share/virt-manager")
from virtinst import cli, virtinstall  # noqa: E402

disks = []
set_defaults = virtinstall.set_cli_defaults


def watch_defaults(options, guest):
    set_defaults(options, guest)
    disks[:] = options.disk or []


virtinstall.set_cli_defaults = watch_defaults


def ask(connection, name, extra):
    """The XML, or None and what it said instead."""
    usual = ["--name", "x", "--osinfo", name, "--check", "disk_size=off"]
    sys.argv = ["virt-install", *usual, "--import", "--print-xml", "--dry-run", *extra]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            virtinstall.main(conn=connection)
        except SystemExit:
            return None, err.getvalue()
        except Exception as error:
            return None, f"{type(error).__name__}: {error}"
    return out.getvalue(), err.getvalue()


def answer_for(connection, name, options):
    answer = {"name": name, "memory": True, "disk": True}
    extra = list(options)
    xml, said = ask(connection, name, extra)
    if xml is None:
        answer["memory"] = "--memory" not in said
        answer["disk"] = "--disk" not in said
        if not answer["memory"]:
            extra += ["--memory", "2048"]
        if not answer["disk"]:
            extra += ["--disk", "size=20"]
        if extra != options:
            xml, said = ask(connection, name, extra)
    if xml is None:
        return {**answer, "error": said.strip()}
    return {**answer, "xml": xml, "diskGb": int(disks[0].split("size=")[1]) if disks else None}


for number, question in enumerate(json.load(sys.stdin)):
    connection = cli.getConnection(question["uri"])
    for name in question["names"]:
        answer = answer_for(connection, name, question["options"])
        sys.__stdout__.write(json.dumps({"question": number, **answer}) + "\n")
