// SPDX-License-Identifier: Apache-2.0
import { findBootFiles, pairs } from './boot-files.js';
import { layoutReading } from './reading.js';
import type { Layout } from './types.js';

/** How the names of `.discinfo` are called by the database. A longer name comes before its beginning. */
const distros: readonly (readonly [begins: string, distro: string])[] = [
  ['Fedora', 'fedora'],
  ['CentOS', 'centos'],
  ['Red Hat Enterprise Linux', 'rhel'],
  ['Red Hat Linux', 'rhl'],
  ['Scientific Linux', 'scientificlinux'],
  ['Oracle Linux', 'ol'],
  ['AlmaLinux', 'almalinux'],
  ['Rocky Linux', 'rocky'],
];

/**
 * Fedora, Red Hat and their kin where `.treeinfo` is missing, as in a copy of a medium made by a tool that leaves hidden
 * files of that name out, or of a medium from before 2007. `.discinfo` has a time, a name with its version (of Fedora
 * often the version alone), an architecture and the numbers of the discs, a line each.
 */
export const redhat: Layout = {
  name: 'Fedora and Red Hat',
  hint: /fedora|centos|rhel|redhat|rocky|alma|scientific/i,
  probe: async (folder) => {
    const lines = (await folder.read('.discinfo'))?.slice(0, 2000).split('\n') ?? [];
    const [time = '', name = '', arch = ''] = lines.map((line) => line.trim());
    if (!/^\d+(\.\d+)?$/.test(time) || name === '' || !/^[a-z0-9_]{2,12}$/.test(arch)) return undefined;
    const version = /(\d+(?:\.\d+)*)\D*$/.exec(name.slice(0, 200))?.[1];
    const family = name.slice(0, version === undefined ? undefined : name.lastIndexOf(version)).trim() || 'Fedora';
    const distro =
      distros.find(([begins]) => family.startsWith(begins))?.[1] ?? family.toLowerCase().replace(/\W/g, '');
    const kernel = await findBootFiles(
      folder,
      pairs(
        ['images/pxeboot/vmlinuz', 'images/pxeboot/initrd.img'],
        ['isolinux/vmlinuz', 'isolinux/initrd.img'],
        ['ppc/ppc64/vmlinuz', 'ppc/ppc64/initrd.img'],
        ['images/kernel.img', 'images/initrd.img'],
      ),
    );
    const bootIso = (await folder.has('images/boot.iso')) ? 'images/boot.iso' : undefined;
    const files = { ...kernel, bootIso };
    return layoutReading({
      distro,
      family,
      version,
      arch,
      files,
      why: `.discinfo says ${JSON.stringify(`${name}, ${arch}`)}`,
    });
  },
};
