// SPDX-License-Identifier: Apache-2.0
// vmdb2 as Debian has it: a disk of partitions that are mounted while debootstrap and apt fill them.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inOwnMounts, readPackages } from './mounts.mjs';
import { inAll, measureSteps, packWords, sizesOf } from './steps.mjs';

export const name = 'vmdb2';

/** Its own step for GRUB would install another package, and its step for apt one more (eatmydata). */
export const left = 'starts from BIOS only';

export async function build(what, folder) {
  const at = (path) => join(folder, path);
  mkdirSync(at('bin'), { recursive: true });
  writeFileSync(at('spec.yaml'), JSON.stringify({ steps: stepsFor(what) }, undefined, 1));
  const env = { ...process.env, TMPDIR: folder };
  if (spawnSync('dmsetup', ['version']).status !== 0) {
    console.log('  (this kernel has no device-mapper: losetup and partx stand in for kpartx)');
    writeFileSync(at('bin/kpartx'), KPARTX);
    chmodSync(at('bin/kpartx'), 0o755);
    env.PATH = `${at('bin')}:${env.PATH}`;
  }
  const raw = at('vmdb2.raw');
  const words = ['vmdb2', '--output', raw, '--log', at('log'), at('spec.yaml')];
  const steps = await measureSteps([
    ['vmdb2', inOwnMounts(words), { cwd: folder, env }],
    ['qemu-img', packWords(raw, at('vmdb2.qcow2'))],
  ]);
  return { ...inAll(steps), image: sizesOf(at('vmdb2.qcow2')), packages: await readPackages(raw) };
}

/** What vmdb2 asks of kpartx(8), where the kernel itself has to find the partitions. */
const KPARTX = `#!/bin/sh -e
case $1 in
-asv)
  loop=$(losetup --find --show --partscan "$2")
  partx --update "$loop"
  for part in "$loop"p*; do
    ln -sf "$part" "/dev/mapper/\${part##*/}"
    echo "add map \${part##*/} (254:0): 0 0 linear 7:0 0"
  done ;;
-dsv)
  losetup --noheadings --output NAME --associated "$2" | while read -r loop; do
    rm -f "/dev/mapper/\${loop##*/}"p*
    losetup --detach "$loop"
  done ;;
esac
`;

function stepsFor(what) {
  const image = '{{ output }}';
  const mib = (bytes) => `${bytes / 1024 / 1024}MiB`;
  const end = ({ startBytes, sizeBytes }) => mib(startBytes + sizeBytes);
  const { bios, root } = what;
  return [
    { mkimg: image, size: `${what.disk.sizeBytes / 1024 / 1024}M` },
    { mklabel: 'gpt', device: image },
    { mkpart: 'primary', device: image, start: mib(bios.startBytes), end: end(bios), tag: 'bios' },
    { mkpart: 'primary', device: image, start: end(bios), end: end(root), tag: 'root' },
    { set_part_flag: image, tag: 'bios', flag: 'bios_grub' },
    { kpartx: image },
    { mkfs: 'ext4', partition: 'root' },
    { mount: 'root' },
    {
      debootstrap: what.suite,
      mirror: what.mirror,
      target: 'root',
      variant: what.install.variant,
      components: what.components,
      arch: what.architecture,
      ...(what.install.keyring === undefined ? {} : { keyring: what.install.keyring }),
    },
    { 'create-file': '/etc/apt/sources.list', contents: what.sourceLines.map((line) => `${line}\n`).join('') },
    {
      'create-file': '/etc/apt/apt.conf.d/90bench',
      contents: what.install.aptOptions.map((one) => `${one};\n`).join(''),
    },
    { 'create-file': '/etc/hostname', contents: `${what.hostname}\n` },
    { 'virtual-filesystems': 'root' },
    { fstab: 'root' },
    { chroot: 'root', shell: inRoot(what) },
  ];
}

function inRoot({ packages, install, append }) {
  // What vmdb2 is told of a place for its own mounts is no folder there.
  return `unset TMPDIR
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
apt-get -qq update
apt-get -qq -y dist-upgrade
apt-get -qq -y ${install.recommends ? '' : '--no-install-recommends '}install ${packages.join(' ')}
apt-get clean
rm -rf /var/lib/apt/lists/* /usr/sbin/policy-rc.d
echo root:guestwright | chpasswd
systemctl --quiet enable systemd-networkd
mkdir -p /boot/grub /etc/default
echo 'GRUB_CMDLINE_LINUX="${append}"' >>/etc/default/grub
disk=$(sed -n 's,^\\(/dev/[^ ]*\\)p[0-9]* / .*,\\1,p' /proc/mounts | sed 's,/mapper,,')
grub-install --target=i386-pc "$disk"
update-grub`;
}
