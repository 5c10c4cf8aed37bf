// SPDX-License-Identifier: Apache-2.0
// mkosi as Debian has it (14): its own installer, tree and disk.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inOwnMounts, readPackages } from './mounts.mjs';
import { inAll, measureSteps, packWords, sizesOf } from './steps.mjs';

export const name = 'mkosi';

/**
 * Without a boot loader: mkosi 14 has systemd-boot with dracut alone, which is another set of packages, and mounts a FAT,
 * which not every kernel can. The initramfs is made by its script: mkosi keeps the kernel's package from making it.
 */
export const left = 'no boot loader (mkosi 14 has none that goes with initramfs-tools)';

/** Where no systemd runs, systemd-nspawn(1) cannot ask it for a unit. */
const KEEP_UNIT = existsSync('/run/systemd/system') ? [] : ['--nspawn-keep-unit'];

export async function build(what, folder) {
  const at = (path) => join(folder, path);
  for (const path of ['workspace', 'skeleton/etc/apt/sources.list.d', 'skeleton/etc/apt/apt.conf.d'])
    mkdirSync(at(path), { recursive: true });
  // The lists of updates that mkosi writes itself name its own mirror: these come in their place.
  const [main, ...others] = what.sourceLines;
  writeFileSync(at('skeleton/etc/apt/sources.list'), `${main}\n`);
  for (const line of others) {
    const kind = /-(updates|security)\b/.exec(line)?.[1] ?? 'more';
    writeFileSync(at(`skeleton/etc/apt/sources.list.d/${what.suite}-${kind}.list`), `${line}\n`);
  }
  const options = what.install.aptOptions.map((option) => `${option};\n`);
  writeFileSync(at('skeleton/etc/apt/apt.conf.d/90bench'), options.join(''));
  writeFileSync(at('postinst'), POSTINST);
  chmodSync(at('postinst'), 0o755);
  writeFileSync(at('mkosi.default'), formatConfig(what, at));
  const steps = await measureSteps([
    ['mkosi', inOwnMounts(['mkosi', '--directory', folder, ...KEEP_UNIT, 'build']), { cwd: folder }],
    ['qemu-img', packWords(at('mkosi.raw'), at('mkosi.qcow2'))],
  ]);
  return { ...inAll(steps), image: sizesOf(at('mkosi.qcow2')), packages: await readPackages(at('mkosi.raw')) };
}

const POSTINST = `#!/bin/sh -e
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq -y dist-upgrade
update-initramfs -c -k all
apt-get -qq clean
`;

function formatConfig(what, at) {
  return `[Distribution]
Distribution=debian
Release=${what.suite}
Mirror=${what.mirror}
Repositories=${what.components.join(',')}

[Output]
Format=gpt_ext4
Output=${at('mkosi.raw')}
WorkspaceDirectory=${at('workspace')}
Bootable=no
Hostname=${what.hostname}

[Content]
BasePackages=no
Packages=${what.packages.join(',')}
WithDocs=yes
WithNetwork=yes
Password=guestwright
SkeletonTrees=${at('skeleton')}
PostInstallationScript=${at('postinst')}

[Partitions]
RootSize=${what.root.sizeBytes}
`;
}
