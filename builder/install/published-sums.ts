// SPDX-License-Identifier: Apache-2.0

// Where vendors publish the checksums of their media: beside them, under names that are custom with each.

/** Digests that are believed, the strongest first. */
export const digestTypes = ['sha512', 'sha256'] as const;
export type DigestType = (typeof digestTypes)[number];

/** A digest of one file. */
export interface PublishedSum {
  readonly type: DigestType;
  /** Lower-case hex digits. */
  readonly digest: string;
}

const HEX: Readonly<Record<number, DigestType>> = { 128: 'sha512', 64: 'sha256' };

/** Names of files in the folder of a medium, by what knows them; `@` stands for the medium's own name. */
const CUSTOMS: readonly { readonly distro: RegExp; readonly names: readonly string[] }[] = [
  { distro: /^debian$/, names: ['SHA512SUMS', 'SHA256SUMS'] },
  { distro: /^ubuntu$/, names: ['SHA256SUMS'] },
  { distro: /^(?:opensuse|sles?|sled|sle-micro)$/, names: ['@.sha256'] },
  { distro: /^(?:centos|rocky)$/, names: ['@.SHA256SUM', 'CHECKSUM', '@.CHECKSUM'] },
  { distro: /^(?:almalinux|ol)$/, names: ['CHECKSUM', '@.CHECKSUM'] },
  { distro: /^alpinelinux$/, names: ['@.sha512', '@.sha256'] },
  { distro: /^archlinux$/, names: ['sha256sums.txt'] },
  { distro: /^openbsd$/, names: ['SHA256'] },
  { distro: /^netbsd$/, names: ['SHA512'] },
];

/** What is looked for where no custom is known. */
const USUAL = ['SHA256SUMS', '@.sha256', 'SHA512SUMS', '@.sha512'];

/** `Fedora-Server-netinst-x86_64-42-1.1.iso`: its sums are in `Fedora-Server-42-1.1-x86_64-CHECKSUM`. */
const FEDORA = /^(Fedora-[A-Za-z_]+)-[A-Za-z-]+-([a-z0-9_]+)-(\d+-[\d.]+)\.iso$/;
/** `FreeBSD-14.0-RELEASE-amd64-disc1.iso`: `CHECKSUM.SHA512-FreeBSD-14.0-RELEASE-amd64`. */
const FREEBSD = /^(FreeBSD-[\d.]+-[A-Z0-9-]+?-[a-z0-9_]+)-[a-z0-9]+\.iso$/;

/**
 * Addresses at which the checksum of a medium may be published, the likeliest first, at most five.
 * @param address of the medium
 * @param distro as the database calls it, where it is known
 */
export function sumAddresses(address: string, distro?: string): string[] {
  if (!URL.canParse(address)) return [];
  const name = nameIn(address);
  if (name === '') return [];
  const fedora = FEDORA.exec(name);
  const freebsd = FREEBSD.exec(name);
  const own = CUSTOMS.find((custom) => distro !== undefined && custom.distro.test(distro))?.names;
  const names = [
    ...(fedora ? [`${fedora[1]}-${fedora[3]}-${fedora[2]}-CHECKSUM`] : []),
    ...(freebsd ? [`CHECKSUM.SHA512-${freebsd[1]}`, `CHECKSUM.SHA256-${freebsd[1]}`] : []),
    ...(own ?? USUAL),
  ];
  return [...new Set(names)].slice(0, 5).map((one) => siblingOf(address, name, one.replace('@', name)));
}

/** The name of the file that an address ends in; empty for a folder. */
export function nameIn(address: string): string {
  const { pathname, searchParams } = new URL(address);
  // A mirror's chooser has the path in its query.
  const path = searchParams.get('path') ?? pathname;
  const last = path.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function siblingOf(address: string, name: string, sibling: string): string {
  const url = new URL(address);
  const path = url.searchParams.get('path');
  if (path === null) return new URL(encodeURIComponent(sibling), new URL('.', withoutQuery(url))).href;
  url.searchParams.set('path', `${path.slice(0, path.length - name.length)}${sibling}`);
  return url.href;
}

function withoutQuery(url: URL): URL {
  const bare = new URL(url);
  bare.search = '';
  bare.hash = '';
  return bare;
}

/**
 * The digest of a file in a list of them: `DIGEST  NAME` and `DIGEST *NAME` of coreutils, `SHA256 (NAME) = DIGEST` of the
 * BSDs, or a digest alone where the list is that file's own. Signatures around it are passed over.
 * @param name as the list has it, or its end from a folder on
 * @param ownList whether the list is of this one file
 */
export function findSum(text: string, name: string, ownList: boolean): PublishedSum | undefined {
  let best: PublishedSum | undefined;
  for (const line of text.split('\n')) {
    const sum = sumIn(line.trim().slice(0, 2000), name, ownList);
    if (sum !== undefined && (best === undefined || sum.type === 'sha512')) best = sum;
  }
  return best;
}

function sumIn(line: string, name: string, ownList: boolean): PublishedSum | undefined {
  const bsd = /^SHA(?:256|512) \((.+)\) = ([0-9A-Fa-f]+)$/.exec(line);
  const plain = /^([0-9A-Fa-f]{64,128})(?:\s+\*?(.+))?$/.exec(line);
  const [named, digest] = bsd ? [bsd[1], bsd[2]!] : [plain?.[2], plain?.[1] ?? ''];
  const type = HEX[digest.length];
  if (type === undefined) return undefined;
  const fits = named === undefined ? ownList : named === name || named.endsWith(`/${name}`);
  return fits ? { type, digest: digest.toLowerCase() } : undefined;
}
