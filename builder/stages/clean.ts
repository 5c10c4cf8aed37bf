// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../osinfo/errors.js';
import type { StageContext } from '../run/context.js';
import type { JobResult } from '../run/protocol.js';
import { sandboxed } from '../run/sandbox.js';
import { findKernels } from './boot/rpm.js';
import { hasInTree } from './files.js';
import { listPackages } from './installed.js';
import { type OsRelease, readOsRelease } from './os-release.js';
import { labelTree } from './selinux/index.js';

/**
 * What no copy of an image should carry, or has no use for. The scripts run inside the tree: after `%post` any folder may
 * be a link, and there it can lead nowhere else. They have no value from outside in them.
 */
const OF_PACKAGES = {
  deb: `
rm -rf /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/* /var/cache/apt/*.bin
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old
rm -f /var/log/alternatives.log /var/log/bootstrap.log /var/log/dpkg.log /var/log/apt/*.log /var/log/apt/*.xz
`,
  rpm: `
rm -rf /var/cache/dnf/* /var/cache/libdnf5/* /var/cache/yum/* /var/cache/zypp/* /var/cache/PackageKit/*
rm -rf /var/lib/dnf/repos /var/tmp/dnf-* /var/lib/rpm/__db.* /usr/lib/sysimage/rpm/__db.*
rm -f /var/log/dnf*.log* /var/log/hawkey.log* /var/log/yum.log* /var/log/zypper.log* /var/log/zypp/* /var/log/anaconda*
`,
} as const;

const OF_ALL = `
rm -rf /var/cache/ldconfig/aux-cache
find /var/log -type f -exec truncate -s 0 {} +
rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
rm -f /var/lib/systemd/random-seed /var/lib/systemd/credential.secret /var/lib/dbus/machine-id
rm -f /etc/hostname.old /root/.bash_history /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow- /etc/subuid- /etc/subgid-
[ -L /etc/resolv.conf ] || [ -s /etc/resolv.conf ] || rm -f /etc/resolv.conf
[ -d /etc ] && : >/etc/machine-id
[ -d /var/lib/dbus ] && ln -sf /etc/machine-id /var/lib/dbus/machine-id
exit 0
`;

/** Takes caches, logs, keys and identities out, and lists what is installed. */
export async function runClean(context: StageContext): Promise<Pick<JobResult, 'packages' | 'osRelease' | 'kernel'>> {
  const { tree, plan } = context;
  const packages = await listPackages(context);
  // What has no shell ran no script either, so there is nothing of one to be taken out.
  if (hasInTree(tree, 'usr/bin/sh')) await sandboxed(context, ['/bin/sh', '-c', OF_PACKAGES[plan.os.family] + OF_ALL]);
  const own = join(context.scratch, 'script');
  if (existsSync(own)) await context.tool(['rm', '-rf', '--', own]);
  if (plan.os.family === 'rpm') await labelTree(context);
  const kernel = newestKernel(context, packages);
  const osRelease = ownOsRelease(tree);
  return {
    packages,
    ...(osRelease === undefined ? {} : { osRelease }),
    ...(kernel === undefined ? {} : { kernel }),
  };
}

/** Nothing where `%post` took it away or put a link in its place: the build needs it no more. */
function ownOsRelease(tree: string): OsRelease | undefined {
  try {
    return hasInTree(tree, 'usr/lib/os-release') ? readOsRelease(tree) : undefined;
  } catch (error) {
    if (error instanceof WorkError) return undefined;
    throw error;
  }
}

/** The version of the kernel that is started. */
function newestKernel({ tree, plan }: StageContext, packages: JobResult['packages']): string | undefined {
  if (plan.os.family === 'rpm') return findKernels(tree, plan.arch.name)[0];
  return packages.find((one) => /^linux-image-\d/.test(one.name))?.name.replace(/^linux-image-/, '');
}
