// SPDX-License-Identifier: Apache-2.0
import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { StageContext } from '../run/context.js';
import type { JobResult } from '../run/protocol.js';
import { sandboxed } from '../run/sandbox.js';
import { readInstalledPackages } from './configure.js';
import { insideTree } from './files.js';

/**
 * What no copy of an image should carry, or has no use for. It runs inside the tree: after `%post` any folder may be a
 * link, and here it can lead nowhere else. The script has no value from outside in it.
 */
const CLEAN = `
rm -rf /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/* /var/cache/apt/*.bin
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache
find /var/log -type f -exec truncate -s 0 {} +
rm -f /var/log/alternatives.log /var/log/bootstrap.log /var/log/dpkg.log /var/log/apt/*.log /var/log/apt/*.xz
rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
rm -f /var/lib/systemd/random-seed /var/lib/systemd/credential.secret /var/lib/dbus/machine-id
rm -f /etc/hostname.old /root/.bash_history /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow- /etc/subuid- /etc/subgid-
[ -L /etc/resolv.conf ] || [ -s /etc/resolv.conf ] || rm -f /etc/resolv.conf
[ -d /etc ] && : >/etc/machine-id
[ -d /var/lib/dbus ] && ln -sf /etc/machine-id /var/lib/dbus/machine-id
exit 0
`;

/** Takes caches, logs, keys and identities out, and lists what is installed. */
export async function runClean(context: StageContext): Promise<Pick<JobResult, 'packages' | 'kernel'>> {
  await sandboxed(context, ['/bin/sh', '-c', CLEAN]);
  const status = insideTree(context.tree, 'var/lib/dpkg/status');
  const packages = lstatSync(status, { throwIfNoEntry: false })?.isFile() ? readInstalledPackages(context.tree) : [];
  const kernel = packages.find((one) => /^linux-image-\d/.test(one.name))?.name.replace(/^linux-image-/, '');
  const own = join(context.scratch, 'script');
  if (existsSync(own)) await context.tool(['rm', '-rf', '--', own]);
  return { packages, ...(kernel === undefined ? {} : { kernel }) };
}
