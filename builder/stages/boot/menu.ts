// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { StageContext } from '../../run/context.js';
import { sandboxed } from '../../run/sandbox.js';
import { writeTreeFile } from '../files.js';
import { copyGrubFiles } from './grub-files.js';
import { guardBootMenu } from './password.js';

/**
 * grub-mkconfig asks grub-probe for devices, and there are none: for this call a stand-in answers what the plan knows.
 * The result is the distribution's own menu, with /etc/default/grub honoured.
 */
export async function makeBootMenu(context: StageContext): Promise<void> {
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
  copyGrubFiles(context);
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
