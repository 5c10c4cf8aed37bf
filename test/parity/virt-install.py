# SPDX-License-Identifier: Apache-2.0
"""What the real virt-install answers, one OS after the other in one process.

usage: virt-install.py URI [MORE ARGUMENTS OF VIRT-INSTALL...]

Reads short ids from standard input, one a line (none: every OS of the database), and writes one JSON document a line:
{"name", "xml", "memory", "disk", "diskGb"}, or {"name", "error"}. "memory" and "disk" say whether the database names
them; where it does not, virt-install refuses, and is asked again with --memory 2048 and --disk size=20.
"""
import contextlib
import io
import json
import sys

sys.path.insert(0, "/usr/share/virt-manager")
import virtinst  # noqa: E402
from virtinst import cli, virtinstall  # noqa: E402

uri, more = sys.argv[1], sys.argv[2:]
names = [line.strip() for line in sys.stdin if line.strip()]
if not names:
    names = [one.name for one in virtinst.OSDB.list_os() if one.name != "generic"]

connection = cli.getConnection(uri)
disks = []
set_defaults = virtinstall.set_cli_defaults


def watch_defaults(options, guest):
    set_defaults(options, guest)
    disks[:] = options.disk or []


virtinstall.set_cli_defaults = watch_defaults


def ask(name, extra):
    """The XML, or None and what it said instead."""
    usual = ["--name", "x", "--osinfo", name, "--check", "disk_size=off"]
    sys.argv = ["virt-install", *usual, "--import", "--print-xml", "--dry-run", *more, *extra]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            virtinstall.main(conn=connection)
        except SystemExit:
            return None, err.getvalue()
        except Exception as error:
            return None, f"{type(error).__name__}: {error}"
    return out.getvalue(), err.getvalue()


for name in names:
    answer = {"name": name, "memory": True, "disk": True}
    extra = []
    xml, said = ask(name, extra)
    if xml is None and "--memory" in said:
        answer["memory"] = False
        extra += ["--memory", "2048"]
    if xml is None and "--disk" in said:
        answer["disk"] = False
        extra += ["--disk", "size=20"]
    if xml is None and extra:
        xml, said = ask(name, extra)
    if xml is None:
        answer["error"] = said.strip()
    else:
        answer["xml"] = xml
        answer["diskGb"] = int(disks[0].split("size=")[1]) if disks else None
    sys.__stdout__.write(json.dumps(answer) + "\n")
