// SPDX-License-Identifier: Apache-2.0
import type { TreeFolder } from '../folder.js';
import { findBootFiles, pairs } from './boot-files.js';
import { layoutReading } from './reading.js';
import type { BootFiles, Layout } from './types.js';

/** What a SUSE tree is of, in the words of `<treeinfo>` and of the database's distro and version. */
interface Product {
  readonly family: string;
  readonly distro: string;
  readonly version: string | undefined;
  readonly arch: string | undefined;
}

/** openSUSE and SUSE Linux Enterprise of the years before they had a treeinfo. */
export const suse: Layout = {
  name: 'SUSE',
  hint: /suse|sles?\b|\/leap|tumbleweed/i,
  probe: async (folder) => {
    const [file, text] = await firstOf(folder, ['media.1/media', 'content']);
    if (file === undefined || text === undefined) return undefined;
    const product =
      (file === 'content' ? fromContent(text) : fromMedia(text)) ?? fromContent(await folder.read('content'));
    if (product === undefined) return undefined;
    const { family, distro, version } = product;
    const { arch, files } = await bootFiles(folder, product.arch);
    const said = [family, version].filter((word) => word !== undefined).join(' ');
    return layoutReading({ distro, family, version, arch, files, why: `${file} says ${JSON.stringify(said)}` });
  },
};

async function firstOf(folder: TreeFolder, files: readonly string[]): Promise<readonly [string?, string?]> {
  for (const file of files) {
    const text = await folder.read(file);
    if (text !== undefined) return [file, text];
  }
  return [];
}

const archWord = /\b(x86_64|i[3-6]86|aarch64|ppc64le|ppc64|ppc|s390x|ia64)\b/;

/** `openSUSE - openSUSE-Leap-15.4-DVD-x86_64-Build243.2-Media`, `SUSE - SLE-15-SP4-Full-x86_64-Build151.1-Media`. */
function fromMedia(text: string): Product | undefined {
  const head = text.slice(0, 2000);
  const arch = archWord.exec(head.replaceAll('-', ' '))?.[1];
  const leap = /openSUSE-(?:Leap-)?(\d+\.\d+)/.exec(head);
  if (leap) return { ...openSuse(leap[1]), arch };
  if (/openSUSE-Tumbleweed/.test(head)) return { ...openSuse('tumbleweed'), arch };
  const sle = /\bSLE([SD])?-(\d+)(?:-SP(\d+))?/.exec(head);
  return sle ? { ...enterprise(sle[1], sle[2]!, sle[3]), arch } : undefined;
}

/** The fields of `content`: `DISTRO cpe:/o:suse:sles:12:sp5,…`, and older `NAME`, `PRODUCT` and `VERSION`. */
function fromContent(text: string | undefined): Product | undefined {
  const fields = new Map<string, string>();
  for (const line of (text ?? '').slice(0, 16_384).split('\n')) {
    const at = line.indexOf(' ');
    if (at > 0 && /^[A-Z]+$/.test(line.slice(0, at))) fields.set(line.slice(0, at), line.slice(at + 1).trim());
  }
  const arch = archWord.exec(fields.get('BASEARCHS') ?? fields.get('DISTPRODUCT')?.replaceAll('-', ' ') ?? '')?.[1];
  const cpe = /^cpe:\/o:(?:suse|opensuse|novell):([a-z_]+):(\d[\d.]*)?(?::sp(\d+))?/i.exec(fields.get('DISTRO') ?? '');
  const name = (cpe?.[1] ?? fields.get('PRODUCT') ?? fields.get('NAME') ?? '').toLowerCase();
  const version = cpe?.[2] ?? /^\d[\d.]*/.exec(fields.get('VERSION') ?? '')?.[0];
  if (/opensuse|leap/.test(name)) return { ...openSuse(version), arch };
  const sle = /sle([sd])?/.exec(name);
  if (sle === null || version === undefined) return undefined;
  const [major = '', minor] = version.split('.');
  return { ...enterprise(sle[1], major, cpe?.[3] ?? minor), arch };
}

function openSuse(version: string | undefined): Omit<Product, 'arch'> {
  const leap = version !== undefined && Number.parseInt(version, 10) >= 15 && Number.parseInt(version, 10) !== 42;
  const family =
    version === 'tumbleweed'
      ? 'openSUSE Tumbleweed'
      : leap || version?.startsWith('42.')
        ? 'openSUSE Leap'
        : 'openSUSE';
  return { family, distro: 'opensuse', version };
}

/** Up to 12 Server and Desktop are products of their own; from 15 on one medium has all. */
function enterprise(kind: string | undefined, major: string, pack: string | undefined): Omit<Product, 'arch'> {
  const letter = kind?.toLowerCase() ?? '';
  const version = pack === undefined || pack === '0' ? major : `${major}.${pack}`;
  const edition = { s: ' Server', d: ' Desktop' }[letter] ?? '';
  return { family: `SUSE Linux Enterprise${edition}`, distro: `sle${letter}`, version };
}

const folders: readonly (readonly [arch: string, files: readonly BootFiles[]])[] = [
  ['x86_64', pairs(['boot/x86_64/loader/linux', 'boot/x86_64/loader/initrd'])],
  ['i386', pairs(['boot/i386/loader/linux', 'boot/i386/loader/initrd'])],
  ['aarch64', pairs(['boot/aarch64/linux', 'boot/aarch64/initrd'])],
  ['ppc64le', pairs(['boot/ppc64le/linux', 'boot/ppc64le/initrd'])],
  ['ppc64', pairs(['boot/ppc64/linux64', 'boot/ppc64/initrd64'], ['suseboot/linux64', 'suseboot/initrd64'])],
  ['s390x', pairs(['boot/s390x/linux', 'boot/s390x/initrd'])],
];

/** The kernel of the architecture that the tree names, or else the first that it has, which then tells it. */
async function bootFiles(
  folder: TreeFolder,
  said: string | undefined,
): Promise<{ readonly arch: string | undefined; readonly files: Partial<BootFiles> }> {
  const wanted = said !== undefined && /^i[3-6]86$/.test(said) ? 'i386' : said;
  const named = folders.filter(([arch]) => arch === wanted);
  for (const [arch, candidates] of named.length > 0 ? named : folders) {
    const files = await findBootFiles(folder, candidates);
    if (files.kernel !== undefined) return { arch: said ?? arch, files };
  }
  return { arch: said, files: {} };
}
