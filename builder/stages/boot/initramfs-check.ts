// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkError } from '../../../osinfo/errors.js';
import type { Plan, RaidPlan, StorageNeed } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { sandboxed } from '../../run/sandbox.js';

/** What an initramfs holds, as far as a check looks. */
export interface InitramfsContent {
  /** Paths of its files, without a leading slash. */
  readonly files: readonly string[];
  /** Names of the kernel's own modules, which need no file. */
  readonly builtIn: readonly string[];
  /** Text of those of `INITRAMFS_TEXTS` that it has. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Files whose text says what the initramfs will open and put together. */
export const INITRAMFS_TEXTS = [
  'cryptroot/crypttab',
  'etc/crypttab',
  'etc/mdadm/mdadm.conf',
  'etc/mdadm.conf',
] as const;

type Storage = Pick<Plan, 'storage' | 'boot'>;

/** A file by the end of its path, a kernel module by its name, or a word in one of the texts. */
type Wanted =
  | { readonly file: string; readonly from: string }
  | { readonly module: string }
  | { readonly word: string; readonly of: 'crypttab' | 'mdadm.conf' };

/** What each technique needs there, and the package that brings it. */
const WANTED: Readonly<Record<StorageNeed, (plan: Storage) => readonly Wanted[]>> = {
  lvm: () => [{ file: 'sbin/lvm', from: 'lvm2' }, { module: 'dm-mod' }],
  thin: () => [{ module: 'dm-thin-pool' }, { file: 'sbin/thin_check', from: 'thin-provisioning-tools' }],
  luks: ({ storage }) => [
    { module: 'dm-crypt' },
    ...storage.crypttab
      .filter((one) => isEarly(one.options))
      .flatMap(({ name, key }): Wanted[] => [
        { word: name, of: 'crypttab' },
        ...(key === undefined ? [] : [{ file: `${name}.key`, from: 'the key of /etc/crypttab' }]),
      ]),
  ],
  raid: ({ storage }) => [
    { file: 'sbin/mdadm', from: 'mdadm' },
    ...storage.raids.map((raid): Wanted => ({ module: raidModule(raid) })),
    ...storage.mdadm.map((line): Wanted => ({ word: /UUID=\S+/.exec(line)?.[0] ?? line, of: 'mdadm.conf' })),
  ],
  btrfs: () => [{ module: 'btrfs' }],
  xfs: () => [{ module: 'xfs' }],
  ext: ({ boot }) => [{ module: boot.rootFilesystem.startsWith('ext') ? 'ext4' : boot.rootFilesystem }],
  vfat: () => [{ module: 'vfat' }],
  overlay: ({ boot }) => [{ module: 'overlay' }, { module: boot.rootFilesystem }],
};

function isEarly(options: string): boolean {
  return options.split(',').includes('initramfs');
}

function raidModule({ level }: RaidPlan): string {
  return level === 4 || level === 5 || level === 6 ? 'raid456' : `raid${level}`;
}

/**
 * What of the plan's root an initramfs could not find: a line each, in words for people. Empty when all is there.
 * @param content what it holds
 */
export function missingInInitramfs(plan: Storage, content: InitramfsContent): string[] {
  const modules = new Set(
    [...content.files.flatMap((path) => /([^/]+)\.ko(?:\.\w+)?$/.exec(path)?.[1] ?? []), ...content.builtIn].map(
      moduleName,
    ),
  );
  const wanted = plan.storage.initramfs.flatMap((need) => WANTED[need](plan));
  return wanted.flatMap((one) => {
    if ('module' in one)
      return modules.has(moduleName(one.module))
        ? []
        : [`the kernel module ${one.module}, which this kernel may not have`];
    if ('file' in one)
      return content.files.some((path) => path.endsWith(`/${one.file}`) || path === one.file)
        ? []
        : [`${one.file} (of ${one.from})`];
    const texts = Object.entries(content.texts).filter(([path]) => path.endsWith(one.of));
    return texts.some(([, text]) => text.includes(one.word)) ? [] : [`${one.word} in its ${one.of}`];
  });
}

function moduleName(name: string): string {
  return name.replaceAll('-', '_');
}

/**
 * Looks into the initramfs of a kernel for what the root needs: hooks only warn when they leave something out.
 * @throws WorkError where it could not find the root
 */
export async function checkInitramfs(context: StageContext, image: string, version: string): Promise<void> {
  const { tree, plan } = context;
  if (!existsSync(join(tree, image)))
    throw new WorkError('no-initramfs', `no initramfs was made for the kernel ${version}: /${image} is not there`);
  const missing = missingInInitramfs(plan, await readInitramfs(context, image, version));
  if (missing.length === 0) return;
  throw new WorkError(
    'initramfs-incomplete',
    `the initramfs of ${version} could not start this system; it lacks ${missing.join(', and ')}`,
  );
}

/** Unpacks it in memory, lists it and prints the few texts, each after its name. The arguments are its path and theirs. */
const READ = `
image=$1; shift
mkdir /run/initramfs && cd /run/initramfs
if command -v unmkinitramfs >/dev/null; then unmkinitramfs "$image" .; else lsinitrd --unpack "$image"; fi
for top in . main; do
  [ -d "$top" ] || continue
  for text in "$@"; do [ -f "$top/$text" ] && { echo "text $text"; sed 's/^/|/' "$top/$text"; }; done
done
find . ! -type d -printf 'file %P\\n'
`;

async function readInitramfs(context: StageContext, image: string, version: string): Promise<InitramfsContent> {
  const { stdout } = await sandboxed(context, ['/bin/sh', '-c', READ, 'sh', `/${image}`, ...INITRAMFS_TEXTS]);
  const files: string[] = [];
  const texts: Record<string, string> = {};
  let open = '';
  for (const line of stdout.split('\n')) {
    if (line.startsWith('file ')) files.push(line.slice(5).replace(/^(?:main|early\d*)\//, ''));
    else if (line.startsWith('text ')) open = line.slice(5);
    else if (line.startsWith('|')) texts[open] = `${texts[open] ?? ''}${line.slice(1)}\n`;
  }
  return { files, builtIn: builtInModules(context.tree, version), texts };
}

/** modules.builtin (kernel's Documentation/kbuild/kbuild.rst): a path for each module that is in the kernel itself. */
function builtInModules(tree: string, version: string): string[] {
  const path = ['usr/lib/modules', 'lib/modules']
    .map((folder) => join(tree, folder, version, 'modules.builtin'))
    .find((one) => existsSync(one));
  if (path === undefined) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => /([^/]+)\.ko$/.exec(line)?.[1] ?? []);
}
