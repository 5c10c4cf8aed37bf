// SPDX-License-Identifier: Apache-2.0

/** One file of a tree, as a test compares it. */
export interface TreeEntry {
  readonly type: 'file' | 'folder' | 'link' | 'block' | 'char' | 'fifo' | 'socket';
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a file; 0 for all else. */
  readonly size: number;
  /** Seconds since 1970 with all digits that are kept: `1700000000.123456789`. */
  readonly mtime: string;
  /** All names of the same file, in order; one where there is one. */
  readonly names: readonly string[];
  /** Where a symbolic link leads. */
  readonly target?: string;
  /** Major and minor number of a device: `8:1`. */
  readonly device?: string;
  /** Extended attributes by name, in hexadecimal digits: capabilities, ACLs and labels are among them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly sha256?: string;
  /** A file that has holes of 64 KiB or more. */
  readonly sparse: boolean;
}

/** By path from the top, `/` for the top itself. */
export type TreeListing = ReadonlyMap<string, TreeEntry>;

/** What a file system of the image cannot hold, or makes by itself. */
export interface CompareRules {
  /** Folders below which there is no owner, mode, link or attribute, and times are of two seconds: vfat. */
  readonly fat?: readonly string[];
  /**
   * Folders of squashfs: times are of whole seconds, there are no ACLs (what had one has another mode), and User Mode
   * Linux shows no attributes there, which tests of the maker read with unsquashfs.
   */
  readonly squashfs?: readonly string[];
  /** Folders of ext2, whose driver in the kernel knows whole seconds. */
  readonly seconds?: readonly string[];
  /** Paths that are not compared: `lost+found` of each file system. */
  readonly ignored?: readonly string[];
}

/** What differs between the tree that was installed and the one that was read back, a line each; none where they are equal. */
export function compareTrees(installed: TreeListing, image: TreeListing, rules: CompareRules = {}): string[] {
  const differences: string[] = [];
  const ignored = new Set(rules.ignored ?? []);
  for (const path of new Set([...installed.keys(), ...image.keys()])) {
    if (ignored.has(path)) continue;
    const [a, b] = [installed.get(path), image.get(path)];
    if (!b) differences.push(`${path}: is missing in the image`);
    else if (!a) differences.push(`${path}: is only in the image`);
    else for (const text of compareEntries(path, a, b, rules)) differences.push(`${path}: ${text}`);
  }
  return differences.sort();
}

function compareEntries(path: string, a: TreeEntry, b: TreeEntry, rules: CompareRules): string[] {
  const found: string[] = [];
  const same = (what: string, one: unknown, other: unknown): void => {
    if (one !== other) found.push(`${what} ${String(one)} became ${String(other)}`);
  };
  same('type', a.type, b.type);
  same('size', a.size, b.size);
  same('content', a.sha256, b.sha256);
  if (isBelow(path, rules.fat)) return found;
  const squashfs = isBelow(path, rules.squashfs);
  if (!squashfs || a.attributes['system.posix_acl_access'] === undefined)
    same('mode', a.mode.toString(8), b.mode.toString(8));
  same('owner', `${a.uid}:${a.gid}`, `${b.uid}:${b.gid}`);
  same('link to', a.target, b.target);
  same('device', a.device, b.device);
  same('names', a.names.join(' '), b.names.join(' '));
  if (squashfs || isBelow(path, rules.seconds)) same('time', a.mtime.split('.')[0], b.mtime.split('.')[0]);
  else same('time', a.mtime, b.mtime);
  for (const name of squashfs ? [] : new Set([...Object.keys(a.attributes), ...Object.keys(b.attributes)]))
    same(`attribute ${name}`, a.attributes[name], b.attributes[name]);
  if (a.sparse && !b.sparse) found.push('its holes are filled');
  return found;
}

function isBelow(path: string, folders: readonly string[] = []): boolean {
  return folders.some((folder) => folder === '/' || path === folder || path.startsWith(`${folder}/`));
}

/** Digits of a time without those that say nothing: `12.500` and `12.5` are the same. */
export function normalTime(text: string): string {
  const [seconds, fraction = ''] = text.split('.');
  const digits = fraction.slice(0, 9).replace(/0+$/, '');
  return digits === '' ? seconds! : `${seconds}.${digits}`;
}
