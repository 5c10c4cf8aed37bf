// SPDX-License-Identifier: Apache-2.0
import { refusal } from './context.js';
import { isReadOnly, sourceOf } from './fstab.js';
import type { Layers, Mounted } from './layers.js';
import type { DeviceId, DiskPlan, FilesystemType, LuksPlan, StorageLayers, StorageNeed } from './types.js';

/** Everything below a device, itself first. */
interface Below {
  readonly ids: ReadonlySet<DeviceId>;
  readonly needs: ReadonlySet<StorageNeed>;
  /** Containers, the one nearest to the disk first. */
  readonly luks: readonly LuksPlan[];
}

/** What a device directly stands on, and what is needed for that. */
function step(layers: Layers, id: DeviceId): { devices: readonly DeviceId[]; needs: StorageNeed[]; luks?: LuksPlan } {
  const luks = layers.luks.find((one) => one.id === id);
  if (luks) return { devices: [luks.device], needs: ['luks'], luks };
  const raid = layers.raids.find((one) => one.id === id);
  if (raid) return { devices: raid.members.map((member) => member.device), needs: ['raid'] };
  const btrfs = layers.btrfs.find((one) => one.id === id);
  if (btrfs) return { devices: btrfs.devices, needs: ['btrfs'] };
  for (const { physicalVolumes, logicalVolumes } of layers.volumeGroups) {
    const volume = logicalVolumes.find((one) => one.id === id);
    if (volume) {
      const needs: StorageNeed[] = volume.kind === 'linear' ? ['lvm'] : ['lvm', 'thin'];
      return { devices: physicalVolumes.map((one) => one.device), needs };
    }
  }
  return { devices: [], needs: [] };
}

function lookBelow(layers: Layers, device: DeviceId): Below {
  const ids = new Set<DeviceId>();
  const needs = new Set<StorageNeed>();
  const luks: LuksPlan[] = [];
  const look = (id: DeviceId): void => {
    if (ids.has(id)) return;
    ids.add(id);
    const found = step(layers, id);
    for (const need of found.needs) needs.add(need);
    for (const one of found.devices) look(one);
    if (found.luks) luks.push(found.luks);
  };
  look(device);
  return { ids, needs, luks };
}

/** What a file system needs of the system that mounts it. */
const FILESYSTEM_NEED: Readonly<Partial<Record<FilesystemType, StorageNeed>>> = {
  ext2: 'ext',
  ext3: 'ext',
  ext4: 'ext',
  xfs: 'xfs',
  btrfs: 'btrfs',
  vfat: 'vfat',
  squashfs: 'overlay',
  erofs: 'overlay',
};

/** GRUB's module for each file system that it reads a boot menu and a kernel from. */
const GRUB_FILESYSTEM: Readonly<Partial<Record<FilesystemType, string>>> = {
  ext2: 'ext2',
  ext3: 'ext2',
  ext4: 'ext2',
  xfs: 'xfs',
  btrfs: 'btrfs',
  vfat: 'fat',
};

type Facts = Pick<StorageLayers, 'needs' | 'initramfs' | 'root' | 'resume' | 'boot'> & {
  /** Containers that the initramfs opens. */
  readonly early: ReadonlySet<DeviceId>;
  /** It may hold keys for them: itself and the root, where the keys lie too, are encrypted. */
  readonly keyed: boolean;
};

/**
 * What the layout asks of the system's own start: which device is the root, what the initramfs must be able to do to
 * find it, what GRUB must be able to read.
 * @throws InputError for a root or a /boot that could never start
 */
export function planBootFacts(layers: Layers, root: Mounted, boot: Mounted, disks: readonly DiskPlan[]): Facts {
  if (root.filesystem.type === 'vfat')
    throw refusal(root.at!, 'root-filesystem', '/ cannot be vfat, which has no owners or links; use --fstype=ext4');
  const belowRoot = lookBelow(layers, root.device);
  const resume = chooseResume(layers);
  const belowResume = resume?.hibernation ? lookBelow(layers, resume.device) : undefined;
  const early = [...belowRoot.luks, ...(belowResume?.luks ?? [])].map((one) => one.id);
  const initramfs = new Set([...belowRoot.needs, ...(belowResume?.needs ?? []), ...needOf(root)]);
  const needs = new Set(layers.mounted.flatMap((one) => [...needOf(one), ...lookBelow(layers, one.device).needs]));
  for (const [list, need] of [
    [layers.raids, 'raid'],
    [layers.luks, 'luks'],
    [layers.volumeGroups, 'lvm'],
    [layers.btrfs, 'btrfs'],
  ] as const) {
    if (list.length > 0) needs.add(need);
  }
  const bootFacts = layers.context.bootable
    ? grubFacts(layers, root, boot, disks)
    : { device: boot.device, path: bootPath(boot), grubModules: [], grubUnlocks: [] };
  return {
    needs: [...needs].sort(),
    initramfs: [...initramfs].sort(),
    early: new Set(early),
    keyed: belowRoot.luks.length > 0 && bootFacts.grubUnlocks.length > 0,
    root: {
      device: root.device,
      argument: sourceOf(root),
      ...(root.subvolume === undefined ? {} : { flags: `subvol=${root.subvolume}` }),
      readOnly: isReadOnly(root.filesystem),
    },
    ...(resume ? { resume: sourceOf(resume) } : {}),
    boot: bootFacts,
  };
}

function needOf({ filesystem }: Mounted): StorageNeed[] {
  const need = FILESYSTEM_NEED[filesystem.type];
  return need === undefined ? [] : [need];
}

/** The swap to resume from: the one that is large enough by its line, or the first that can be read without a key. */
function chooseResume(layers: Layers): Mounted | undefined {
  const swaps = layers.mounted.filter((one) => one.target === 'swap');
  return swaps.find((one) => one.hibernation) ?? swaps.find((one) => lookBelow(layers, one.device).luks.length === 0);
}

function bootPath({ target, subvolume }: Mounted): string {
  return `${subvolume === undefined ? '' : `/${subvolume}`}${target === '/boot' ? '' : '/boot'}`;
}

/** GRUB's modules of ciphers, by the kernel's name. */
const GRUB_CIPHER: Readonly<Record<string, string>> = {
  aes: 'gcry_rijndael',
  camellia: 'gcry_camellia',
  serpent: 'gcry_serpent',
  twofish: 'gcry_twofish',
};

function cipherModule({ cipher, at }: LuksPlan): string {
  const module = GRUB_CIPHER[cipher.split('-')[0]!];
  if (module === undefined) {
    const message = `--cipher=${cipher}: the boot loader cannot open it to read /boot; use one such as aes-xts-plain64, or add a part /boot`;
    throw refusal(at!, 'luks-boot-cipher', message);
  }
  return module;
}

function grubFacts(layers: Layers, root: Mounted, boot: Mounted, disks: readonly DiskPlan[]): StorageLayers['boot'] {
  const at = boot.at ?? root.at!;
  const { type } = boot.filesystem;
  const module = GRUB_FILESYSTEM[type];
  if (module === undefined) {
    throw refusal(
      at,
      'boot-filesystem',
      boot.target === '/'
        ? `the boot loader does not read its files from ${type}; add a \`part /boot --size=1024\`, or give / --fstype=ext4`
        : `/boot cannot be ${type}: give it --fstype=ext4`,
    );
  }
  if (type === 'vfat') {
    layers.notices.push({
      severity: 'warning',
      code: 'boot-vfat',
      at,
      message:
        '/boot on vfat holds no links: packages of kernels that make some will fail to upgrade; use --fstype=ext4',
    });
  }
  const below = lookBelow(layers, boot.device);
  if (below.needs.has('thin')) {
    throw refusal(at, 'boot-on-thin', `the boot loader cannot read a thin volume; add a \`part /boot --size=1024\``);
  }
  const labels = new Set(
    disks.filter((disk) => disk.partitions.some((one) => below.ids.has(one.id))).map((disk) => disk.label),
  );
  const raids = layers.raids.filter((raid) => below.ids.has(raid.id) && (raid.metadata !== '1.0' || raid.level !== 1));
  const modules = new Set<string>([
    ...(labels.has('gpt') ? ['part_gpt'] : []),
    ...(labels.has('dos') ? ['part_msdos'] : []),
    ...(raids.length > 0 ? ['mdraid1x'] : []),
    ...(raids.some((raid) => raid.level === 4 || raid.level === 5) ? ['raid5rec'] : []),
    ...(raids.some((raid) => raid.level === 6) ? ['raid6rec'] : []),
    ...below.luks.flatMap((one) => ['cryptodisk', one.version === 2 ? 'luks2' : 'luks']),
    ...(below.luks.length > 0 ? ['pbkdf2', 'gcry_sha256', 'gcry_sha512'] : []),
    ...below.luks.map(cipherModule),
    ...(below.needs.has('lvm') ? ['lvm'] : []),
    module,
  ]);
  return {
    device: boot.device,
    path: bootPath(boot),
    grubModules: [...modules],
    grubUnlocks: below.luks.map((one) => one.uuid),
  };
}
