// SPDX-License-Identifier: Apache-2.0
import type { TreeFolder } from '../folder.js';
import { layoutReading } from './reading.js';
import type { Layout, LayoutReading } from './types.js';

/** FreeBSD: the folder of its sets (`MANIFEST`, `base.txz`), or a medium that has them below `usr/freebsd-dist`. */
export const freebsd: Layout = {
  name: 'FreeBSD',
  hint: /freebsd/i,
  probe: async (folder) => {
    const files = ['MANIFEST', 'usr/freebsd-dist/MANIFEST'];
    const texts = await Promise.all(files.map((file) => folder.read(file)));
    const found = texts.findIndex((text) => text !== undefined && /^base\.txz\t[0-9a-f]{64}\t/m.test(text));
    if (found < 0) return undefined;
    // The sets do not say their version: their medium does, or the path on a mirror.
    const script = await folder.read('bin/freebsd-version');
    const said = /^USERLAND_VERSION="(\d+\.\d+)-/m.exec(script ?? '')?.[1];
    const version = said ?? /\/(\d+\.\d+)-[A-Z]+\d*(?:\/|$)/.exec(folder.path)?.[1];
    const arch = /\/(amd64|i386|arm64|powerpc|powerpc64|powerpc64le|riscv64|sparc64)(?:\/|$)/.exec(folder.path)?.[1];
    const kernel = (await folder.has('boot/kernel/kernel')) ? 'boot/kernel/kernel' : undefined;
    const why = said === undefined ? `${files[found]} lists FreeBSD's sets` : 'bin/freebsd-version says it';
    return reading('FreeBSD', version, arch, { kernel }, why);
  },
};

/** OpenBSD: a folder whose `SHA256` lists `baseNN.tgz`, or a medium, whose boot settings name that folder. */
export const openbsd: Layout = {
  name: 'OpenBSD',
  hint: /openbsd/i,
  probe: async (folder) => {
    const settings = (await folder.read('etc/boot.conf'))?.slice(0, 4096) ?? '';
    const [, version, arch] = /\bimage \/?(\d+\.\d+)\/([a-z0-9]+)\/bsd\.rd\b/.exec(settings) ?? [];
    const prefix = version === undefined ? '' : `${version}/${arch}/`;
    const list = (await folder.read(`${prefix}SHA256`)) ?? '';
    const base = /^SHA256 \(base(\d+)(\d)\.tgz\) = /m.exec(list);
    if (base === null) return undefined;
    const named = arch ?? /^SHA256 \(INSTALL\.([a-z0-9]+)\) = /m.exec(list)?.[1] ?? lastPart(folder.path);
    const iso = /^SHA256 \((cd\d+\.iso)\) = /m.exec(list)?.[1];
    const kernel = (await folder.has(`${prefix}bsd.rd`)) ? `${prefix}bsd.rd` : undefined;
    const bootIso = iso !== undefined && (await folder.has(`${prefix}${iso}`)) ? `${prefix}${iso}` : undefined;
    const why = `${prefix}SHA256 lists base${base[1]}${base[2]}.tgz`;
    return reading('OpenBSD', `${base[1]}.${base[2]}`, named, { kernel, bootIso }, why);
  },
};

const netbsdText =
  /installation\s+procedure\s+for\s+NetBSD\s+(\d+\.\d+(?:\.\d+)?)\S*\s+on\s+the\s+(\S{2,20})\s+platform/;

/** NetBSD: the folder of one architecture, or a medium, where that lies in a folder of its name. */
export const netbsd: Layout = {
  name: 'NetBSD',
  hint: /netbsd/i,
  probe: async (folder) => {
    for (const prefix of ['', 'amd64/', 'i386/', 'evbarm-aarch64/']) {
      const text = (await folder.read(`${prefix}INSTALL.txt`))?.slice(0, 65_536);
      if (text === undefined) continue;
      const [, version, arch] = netbsdText.exec(text) ?? [];
      if (version === undefined) continue;
      const kernel = await firstThere(
        folder,
        ['binary/kernel/netbsd-INSTALL.gz', 'binary/kernel/netbsd-GENERIC.gz'],
        prefix,
      );
      const bootIso = await firstThere(
        folder,
        ['installation/cdrom/boot.iso', 'installation/cdrom/boot-com.iso'],
        prefix,
      );
      return reading('NetBSD', version, arch, { kernel, bootIso }, `${prefix}INSTALL.txt says NetBSD ${version}`);
    }
    return undefined;
  },
};

async function firstThere(folder: TreeFolder, files: readonly string[], prefix: string): Promise<string | undefined> {
  for (const file of files) if (await folder.has(prefix + file)) return prefix + file;
  return undefined;
}

function reading(
  family: string,
  version: string | undefined,
  arch: string | undefined,
  files: { readonly kernel?: string | undefined; readonly bootIso?: string | undefined },
  why: string,
): LayoutReading {
  return layoutReading({ distro: family.toLowerCase(), family, version, arch, files, why });
}

const lastPart = (path: string): string | undefined => path.split('/').findLast((part) => part !== '');
