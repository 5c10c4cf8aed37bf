// SPDX-License-Identifier: Apache-2.0
// The floor: what a person would script of the plain tools for the same disk, which starts from BIOS and from UEFI.
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from '../measure.mjs';
import { AS_ROOT } from './case.mjs';
import { parseStatus } from './packages.mjs';
import { inAll, measureSteps, packWords, sizesOf } from './steps.mjs';

const SECTOR = 512;
const MODULES = 'part_gpt ext2 search search_fs_uuid configfile normal linux echo test'.split(' ');

/**
 * mmdebstrap to a tar (the kernel's package makes the initramfs there, and dpkg waits for the disk, as they do by
 * themselves), the tar unpacked, names, mounts, network, password and menu of the system, GRUB's two cores, table, ext4
 * from the tree, FAT, and the image packed.
 */
export async function buildFloor(what, folder) {
  const at = (name) => join(folder, name);
  mkdirSync(at('tree'));
  writeScripts(what, at);
  const inRoot = (script) => [...AS_ROOT, 'sh', '-e', at(script)];
  const steps = await measureSteps([
    ['mmdebstrap', mmdebstrapWords(what, at('floor.tar')), { env: { ...process.env, TMPDIR: folder } }],
    // Device nodes cannot be made in a name space, and the kernel makes its own.
    ['tar', [...AS_ROOT, 'tar', '-xpf', at('floor.tar'), '--exclude=./dev/*', '-C', at('tree')]],
    ['configure, grub-mkimage', inRoot('configure.sh')],
    ['sfdisk, mke2fs, mkfs.vfat', inRoot('disk.sh')],
  ]);
  writeBiosCode(what, at);
  const { zstd, zlib } = await measureSteps([
    ['zstd', packWords(at('floor.raw'), at('floor.qcow2'))],
    ['zlib', packWords(at('floor.raw'), at('zlib.qcow2'), 'zlib')],
  ]);
  const { stdout } = await measure([...AS_ROOT, 'cat', at('tree/var/lib/dpkg/status')]);
  const made = { image: sizesOf(at('floor.qcow2')), packages: parseStatus(stdout) };
  return {
    ...inAll({ ...steps, 'qemu-img with zstd': zstd }),
    ...made,
    // What qemu-img does unless it is told.
    byDefault: { ...inAll({ ...steps, 'qemu-img with zlib, its default': zlib }), image: sizesOf(at('zlib.qcow2')) },
  };
}

function mmdebstrapWords({ install, packages, architecture, suite, sourceLines }, tar) {
  return [
    'mmdebstrap',
    `--variant=${install.variant}`,
    // As debootstrap and we do it: usr-is-merged, not usrmerge with all of perl.
    '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr',
    `--include=${packages.join(',')}`,
    `--architectures=${architecture}`,
    `--aptopt=APT::Install-Recommends "${install.recommends}"`,
    ...install.aptOptions.map((option) => `--aptopt=${option}`),
    ...(install.keyring === undefined ? [] : [`--keyring=${install.keyring}`]),
    suite,
    tar,
    ...sourceLines,
  ];
}

function writeScripts(what, at) {
  const { root, esp, disk } = what;
  const rootUuid = root.filesystem.uuid;
  writeFileSync(
    at('early.cfg'),
    `search --no-floppy --fs-uuid --set=root ${rootUuid}\nset prefix=($root)/boot/grub\nconfigfile $prefix/grub.cfg\n`,
  );
  writeFileSync(
    at('configure.sh'),
    `cd ${at('tree')}
echo ${what.hostname} >etc/hostname
printf '%s\\n' 'UUID=${rootUuid} / ext4 defaults 0 1' 'UUID=${esp.filesystem.uuid} /boot/efi vfat umask=0077 0 2' >etc/fstab
printf '[Match]\\nType=ether\\n[Network]\\nDHCP=yes\\n' >etc/systemd/network/80-dhcp.network
systemctl --root=. --quiet enable systemd-networkd
echo root:guestwright | chroot . chpasswd
: >etc/machine-id
mkdir -p boot/efi boot/grub/i386-pc
cp usr/lib/grub/i386-pc/*.mod usr/lib/grub/i386-pc/*.lst boot/grub/i386-pc/
printf '%s\\n' 'set timeout=1' 'menuentry Debian {' 'linux /vmlinuz root=UUID=${rootUuid} ro ${what.append}' 'initrd /initrd.img' '}' >boot/grub/grub.cfg
core() {
  grub-mkimage -O "$1" -d "usr/lib/grub/$1" -p /boot/grub -c ${at('early.cfg')} -o "$2" $3 ${MODULES.join(' ')}
}
core i386-pc ${at('core.img')} biosdisk
core x86_64-efi ${at('bootx64.efi')} 'fat efi_gop efi_uga'
cp usr/lib/grub/i386-pc/boot.img ${at('boot.img')}
`,
  );
  const lines = disk.partitions.map(
    ({ startBytes, sizeBytes, typeGuid }) =>
      `start=${startBytes / SECTOR}, size=${sizeBytes / SECTOR}, type=${typeGuid}\n`,
  );
  writeFileSync(at('table'), `label: gpt\n${lines.join('')}`);
  const raw = at('floor.raw');
  writeFileSync(
    at('disk.sh'),
    `truncate -s ${disk.sizeBytes} ${raw}
sfdisk --quiet ${raw} <${at('table')}
mke2fs -q -F -t ext4 -U ${rootUuid} -E offset=${root.startBytes} -d ${at('tree')} ${raw} ${root.sizeBytes / 1024}k
truncate -s ${esp.sizeBytes} ${at('esp')}
mkfs.vfat -i ${esp.filesystem.uuid.replace('-', '')} ${at('esp')}
mmd -i ${at('esp')} ::/EFI ::/EFI/BOOT
mcopy -i ${at('esp')} ${at('bootx64.efi')} ::/EFI/BOOT/BOOTX64.EFI
dd if=${at('esp')} of=${raw} bs=1M seek=${esp.startBytes / 1024 / 1024} conv=notrunc,sparse status=none
`,
  );
}

/** What grub-bios-setup would do, which wants a device: each of the two images is told where the next one lies. */
function writeBiosCode({ bios }, at) {
  const first = bios.startBytes / SECTOR;
  const boot = readFileSync(at('boot.img')).subarray(0, 440);
  boot.writeBigUInt64LE(BigInt(first), 0x5c);
  boot.writeUInt16LE(0x9090, 0x66);
  const core = readFileSync(at('core.img'));
  core.writeBigUInt64LE(BigInt(first + 1), 0x1f4);
  core.writeUInt16LE(Math.ceil(core.length / SECTOR) - 1, 0x1fc);
  core.writeUInt16LE(0x820, 0x1fe);
  writeInto(at('floor.raw'), boot, 0);
  writeInto(at('floor.raw'), core, bios.startBytes);
}

function writeInto(path, bytes, offset) {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, bytes, 0, bytes.length, offset);
  } finally {
    closeSync(file);
  }
}
