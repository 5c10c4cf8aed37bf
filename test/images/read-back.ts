// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHelper } from '../../builder/run/helper/index.js';
import { cleanEnvironment, run } from '../../osinfo/doors/process.js';
import { normalTime, type TreeEntry, type TreeListing } from './tree-listing.js';

export interface ReadBackRequest {
  /** The disks of one machine, in their order. */
  readonly disks: readonly { readonly path: string; readonly format: string }[];
  /** What is mounted where, as fstab says it: `UUID=…`, `/dev/mapper/vg-root`, `PARTUUID=…`. Swap and memory are passed over. */
  readonly mounts: readonly {
    readonly source: string;
    readonly target: string;
    readonly type: string;
    readonly options?: string;
  }[];
  /** Passphrases of LUKS containers by UUID, with the name that they are opened under. */
  readonly luks?: readonly { readonly uuid: string; readonly name: string; readonly passphrase: string }[];
}

/**
 * What stands on what is not known, so each step is tried again until nothing new appears: arrays, containers, volumes.
 * `dm_thin` and the raid levels are loaded before. Nothing is written but to copies.
 */
const SCRIPT = `
export DM_DISABLE_UDEV=1 LVM_SUPPRESS_FD_WARNINGS=1
config='devices{use_devicesfile=0} activation{udev_sync=0 udev_rules=0} backup{backup=0 archive=0}'
for round in 1 2 3 4; do
  mdadm --assemble --scan --config=partitions >/dev/null 2>&1 || true
  while read -r uuid name; do
    [ -e "/dev/mapper/$name" ] && continue
    device=$(blkid -U "$uuid" || true)
    [ -n "$device" ] || continue
    cryptsetup open --disable-keyring --key-file "/run/helper/values/key-$uuid" "$device" "$name"
  done </run/helper/values/luks
  vgchange --config "$config" -ay >/dev/null 2>&1 || true
done
btrfs device scan >/dev/null 2>&1 || true
mkdir /tmp/root
while read -r source target type options; do
  case "$source" in UUID=* | PARTUUID=*) device=$(findfs "$source") ;; *) device=$source ;; esac
  mkdir -p "/tmp/root$target" 2>/dev/null || true
  mount -t "$type" -o "ro,$options" "$device" "/tmp/root$target" || { echo "$source on $target: $(blkid | tr '\\n' ';')"; exit 1; }
done </run/helper/values/mounts
cd /tmp/root
mkdir /tmp/out
find . -printf '%y\\0%m\\0%U\\0%G\\0%s\\0%T@\\0%D:%i\\0%b\\0%p\\0%l\\0' >/tmp/out/files
find . '(' -type b -o -type c ')' -exec stat --printf '%t:%T\\0%n\\0' {} + >/tmp/out/devices
find . -type f -print0 | xargs -0 -r sha256sum --zero -- >/tmp/out/sums
find . -print0 | xargs -0 -r getfattr -h -d -m - -e hex -- >/tmp/out/attributes 2>/tmp/out/errors
tar -cf "$(readlink -f /run/helper/disk0)" -C /tmp/out .
cd /
umount -R /tmp/root
`;

/** Room for the listing of some hundred thousand files. */
const LISTING_BYTES = 1024 ** 3;

/**
 * Reads the files of an image back as the kernel shows them: raw copies of the disks are opened in User Mode Linux, layer by
 * layer, and mounted read-only as the system would mount them. Names are bytes, each a character.
 */
export async function readBack(request: ReadBackRequest): Promise<TreeListing> {
  const scratch = mkdtempSync(join(tmpdir(), 'read-back-'));
  try {
    const listing = join(scratch, 'listing');
    await run(['truncate', '--size', String(LISTING_BYTES), '--', listing]);
    const disks: { file: string }[] = [{ file: listing }];
    for (const [index, { path, format }] of request.disks.entries()) {
      const file = join(scratch, `disk${index}`);
      await run(['qemu-img', 'convert', '-f', format, '-O', 'raw', path, file]);
      disks.push({ file });
    }
    const mounts = request.mounts
      .filter(({ type, target }) => target.startsWith('/') && !['swap', 'tmpfs'].includes(type))
      .sort((a, b) => a.target.length - b.target.length);
    const luks = request.luks ?? [];
    await runHelper(
      {
        scratch,
        tree: join(scratch, 'tree'),
        emit: () => undefined,
        tool: (words, options) => run(words, { ...options, env: cleanEnvironment({ TMPDIR: scratch }) }),
      },
      {
        purpose: 'reading back',
        script: SCRIPT,
        disks,
        values: {
          luks: luks.map(({ uuid, name }) => `${uuid} ${name}\n`).join(''),
          mounts: mounts
            .map(({ source, target, type, options }) => `${source} ${target} ${type} ${mountOptions(options)}\n`)
            .join(''),
          ...Object.fromEntries(luks.map(({ uuid, passphrase }) => [`key-${uuid}`, passphrase])),
        },
        modules: [
          'dm-mod',
          'dm-crypt',
          'dm-thin-pool',
          'raid0',
          'raid1',
          'raid10',
          'raid456',
          'squashfs',
          'erofs',
          'vfat',
          'nls_cp437',
          'nls_ascii',
          'aes',
          'xts',
          'sha256',
        ],
        programs: [],
        memoryMiB: 1024,
        timeoutSeconds: 600,
      },
    );
    const folder = join(scratch, 'out');
    await run(['mkdir', folder]);
    await run(['tar', '-xf', listing, '-C', folder]);
    return readListing(folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What of fstab's options says which part of a file system is meant. */
function mountOptions(options = ''): string {
  return ['defaults', ...options.split(',').filter((one) => /^(subvol|subvolid)=/.test(one))].join(',');
}

const TYPES: Readonly<Record<string, TreeEntry['type']>> = {
  f: 'file',
  d: 'folder',
  l: 'link',
  b: 'block',
  c: 'char',
  p: 'fifo',
  s: 'socket',
};

function readListing(folder: string): TreeListing {
  const fields = (name: string): string[] => readFileSync(join(folder, name), 'latin1').split('\0').slice(0, -1);
  const sums = new Map<string, string>();
  for (const field of fields('sums')) sums.set(pathOf(field.slice(66)), field.slice(0, 64));
  const devices = new Map<string, string>();
  const numbers = fields('devices');
  for (let index = 0; index < numbers.length; index += 2) {
    const [major, minor] = numbers[index]!.split(':').map((one) => Number.parseInt(one, 16));
    devices.set(pathOf(numbers[index + 1]!), `${major}:${minor}`);
  }
  const attributes = readAttributes(readFileSync(join(folder, 'attributes'), 'latin1'));
  const files = fields('files');
  const names = new Map<string, string[]>();
  for (let at = 0; at < files.length; at += 10) {
    const inode = files[at] === 'd' ? `folder ${at}` : files[at + 6]!;
    names.set(inode, [...(names.get(inode) ?? []), pathOf(files[at + 8]!)]);
  }
  const listing = new Map<string, TreeEntry>();
  for (let at = 0; at < files.length; at += 10) {
    const [kind, mode, uid, gid, size, mtime, inode, blocks, name, target] = files.slice(at, at + 10) as string[];
    const path = pathOf(name!);
    const type = TYPES[kind!]!;
    listing.set(path, {
      type,
      mode: Number.parseInt(mode!, 8),
      uid: Number(uid),
      gid: Number(gid),
      size: type === 'file' ? Number(size) : 0,
      mtime: findTime(mtime!),
      names: type === 'folder' ? [path] : names.get(inode!)!.toSorted(),
      ...(type === 'link' ? { target: target! } : {}),
      ...(devices.has(path) ? { device: devices.get(path)! } : {}),
      attributes: attributes.get(path) ?? {},
      ...(type === 'file' ? { sha256: sums.get(path)! } : {}),
      sparse: type === 'file' && Number(blocks) * 512 < Number(size),
    });
  }
  return listing;
}

/** find(1) counts the fraction upwards from the second, before 1970 too: `-10.25` there is 9.75 seconds before. */
function findTime(text: string): string {
  const time = normalTime(text);
  const [seconds, fraction] = time.split('.');
  if (!seconds!.startsWith('-') || fraction === undefined) return time;
  const rest = 10 ** fraction.length - Number(fraction);
  return `-${-Number(seconds) - 1}.${String(rest).padStart(fraction.length, '0')}`;
}

function pathOf(name: string): string {
  return name === '.' ? '/' : `/${name.replace(/^\.\//, '')}`;
}

/** getfattr(1): `# file: path`, then `name=0xhex` lines; `\\ooo` in names is a byte. */
function readAttributes(text: string): Map<string, Record<string, string>> {
  const all = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of text.split('\n')) {
    if (line.startsWith('# file: ')) {
      const name = line
        .slice(8)
        .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
      current = {};
      all.set(pathOf(name), current);
      continue;
    }
    const match = /^([^=]+)=(?:0x([0-9a-f]*)|"")?$/i.exec(line) ?? /^([a-z]+\.[^=]+)()$/.exec(line);
    // The form that xfs itself keeps ACLs in, which the super user sees beside them.
    if (match && !match[1]!.startsWith('trusted.SGI_ACL_')) current[match[1]!] = (match[2] ?? '').toLowerCase();
  }
  return all;
}
