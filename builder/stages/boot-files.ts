// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../osinfo/errors.js';
import type { StageContext } from '../run/context.js';
import { sandboxed } from '../run/sandbox.js';
import { kernelVersions } from './configure.js';
import { writeTreeFile } from './files.js';
import { guardBootMenu } from './grub-password.js';

/** GRUB's own names of its platforms, by firmware. */
export const GRUB_PLATFORM = { bios: 'i386-pc', uefi: 'x86_64-efi' } as const;

/**
 * Initramfs and boot menu, made by the system's own tools, which find no disks here: the configuration says what they
 * would have probed. The order matters: what the initramfs is made of is written before it is made, once.
 */
export async function setUpBootFiles(context: StageContext): Promise<void> {
  const versions = kernelVersions(readdirSync(join(context.tree, 'boot')));
  if (versions.length === 0)
    throw new WorkError(
      'no-kernel',
      'no kernel was installed in /boot; add one to %packages, such as linux-image-amd64',
    );
  await makeInitramfs(context, versions);
  await makeBootMenu(context);
}

async function makeInitramfs(context: StageContext, versions: readonly string[]): Promise<void> {
  const { tree, plan } = context;
  const swap = plan.system.fstab.find((entry) => entry.type === 'swap');
  writeTreeFile(tree, 'etc/initramfs-tools/conf.d/resume', `RESUME=${swap ? swap.source : 'none'}\n`);
  // Without it the hook probes a device that is not there, and leaves fsck out of the initramfs.
  writeTreeFile(tree, 'etc/initramfs-tools/conf.d/fstype', `FSTYPE=${plan.boot.rootFilesystem}\n`);
  rmSync(join(tree, 'usr/sbin/update-initramfs'), { force: true });
  await sandboxed(context, [
    'dpkg-divert',
    '--quiet',
    '--local',
    '--no-rename',
    '--remove',
    '/usr/sbin/update-initramfs',
  ]);
  const diverted = join(tree, 'usr/sbin/update-initramfs.distrib');
  if (existsSync(diverted)) await context.tool(['mv', diverted, join(tree, 'usr/sbin/update-initramfs')]);
  for (const version of versions) {
    context.detail('configure', `initramfs of ${version}`);
    await sandboxed(context, ['update-initramfs', '-c', '-k', version]);
  }
}

/**
 * grub-mkconfig asks grub-probe for devices, and there are none: for this call a stand-in answers what the plan knows.
 * The result is the distribution's own menu, with /etc/default/grub honoured.
 */
async function makeBootMenu(context: StageContext): Promise<void> {
  const { tree, plan, scratch } = context;
  context.detail('configure', 'boot menu');
  const { boot } = plan;
  const fallback = `# Settings of the boot menu: run update-grub after a change.\nGRUB_DEFAULT=0\nGRUB_TIMEOUT=${boot.timeoutSeconds}\nGRUB_DISTRIBUTOR=\`lsb_release -i -s 2> /dev/null || echo Debian\`\nGRUB_CMDLINE_LINUX_DEFAULT=""\n`;
  const serial = /(?:^|\s)console=ttyS0(?:,(\d+))?/.exec(boot.append);
  const terminal = serial
    ? `GRUB_TERMINAL="console serial"\nGRUB_SERIAL_COMMAND="serial --unit=0 --speed=${serial[1] ?? '115200'}"\n`
    : '';
  writeTreeFile(
    tree,
    'etc/default/grub',
    `${fallback}GRUB_CMDLINE_LINUX="${boot.append}"\n${terminal}GRUB_DISABLE_OS_PROBER=true\n`,
  );
  const grub = join(tree, 'boot/grub');
  mkdirSync(grub, { recursive: true });
  for (const platform of Object.values(GRUB_PLATFORM)) copyModules(tree, platform);
  copyFont(tree);
  const probe = join(scratch, 'grub-probe');
  writeFileSync(probe, probeScript(plan.boot.rootUuid, plan.boot.bootUuid, plan.boot.rootFilesystem), { mode: 0o755 });
  const device = join(scratch, 'by-uuid');
  mkdirSync(device, { recursive: true });
  writeFileSync(join(device, boot.rootUuid), '');
  const relative = join(scratch, 'grub-mkrelpath');
  writeFileSync(relative, relativeScript(boot.bootPath === ''), { mode: 0o755 });
  if (boot.password) guardBootMenu(context, boot.password);
  await sandboxed(context, ['grub-mkconfig', '-o', '/boot/grub/grub.cfg'], {
    binds: [
      [probe, '/usr/sbin/grub-probe'],
      [relative, '/usr/bin/grub-mkrelpath'],
      [device, '/dev/disk/by-uuid'],
    ],
  });
  await sandboxed(context, ['grub-editenv', '/boot/grub/grubenv', 'create']);
  const config = readFileSync(join(grub, 'grub.cfg'), 'utf8');
  if (!config.includes(`root=UUID=${boot.rootUuid}`)) {
    throw new WorkError('boot-menu', 'grub-mkconfig wrote no entry that starts this system; see the build log');
  }
}

function copyModules(tree: string, platform: string): void {
  const from = join(tree, 'usr/lib/grub', platform);
  if (!existsSync(from)) return;
  const to = join(tree, 'boot/grub', platform);
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (/\.(mod|lst)$/.test(name)) cpSync(join(from, name), join(to, name), { preserveTimestamps: true });
  }
}

function copyFont(tree: string): void {
  const from = join(tree, 'usr/share/grub/unicode.pf2');
  if (!existsSync(from)) return;
  mkdirSync(join(tree, 'boot/grub/fonts'), { recursive: true });
  cpSync(from, join(tree, 'boot/grub/fonts/unicode.pf2'), { preserveTimestamps: true });
}

/** All values are UUIDs and names of our own tables. */
function probeScript(rootUuid: string, bootUuid: string, filesystem: string): string {
  return `#!/bin/sh
target= path=
for word in "$@"; do
  case "$word" in --target=*) target=\${word#--target=};; -*) ;; *) path=$word;; esac
done
uuid=${rootUuid}
case "$path" in /boot*) uuid=${bootUuid};; esac
case "$target" in
  device) echo /dev/disk/by-uuid/$uuid;;
  fs_uuid) echo $uuid;;
  fs) echo ${filesystem.startsWith('ext') ? 'ext2' : filesystem};;
  partmap) echo gpt;;
  abstraction|compatibility_hint|drive|hints_string|cryptodisk_uuid|partuuid|fs_label|*_hint) ;;
esac
exit 0
`;
}

/** A path as the boot loader sees it: without /boot where that is a file system of its own. */
function relativeScript(separateBoot: boolean): string {
  return `#!/bin/sh
for path in "$@"; do :; done
${separateBoot ? 'case "$path" in /boot) path=;; /boot/*) path=${path#/boot};; esac\n' : ''}echo "$path"
`;
}
