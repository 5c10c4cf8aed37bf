// SPDX-License-Identifier: Apache-2.0
import { findBootFiles, pairs } from './boot-files.js';
import { layoutReading } from './reading.js';
import type { Layout } from './types.js';

const archs = ['x86_64', 'i686'] as const;

/** A medium of Arch Linux, which is also what its mirrors have in `iso/latest`. It has no versions, only days. */
export const arch: Layout = {
  name: 'Arch',
  hint: /arch(?:linux)?\/|\/iso\/(?:latest|\d{4}\.\d{2}\.\d{2})/i,
  probe: async (folder) => {
    for (const name of archs) {
      const files = await findBootFiles(
        folder,
        pairs(
          [`arch/boot/${name}/vmlinuz-linux`, `arch/boot/${name}/initramfs-linux.img`],
          [`arch/boot/${name}/vmlinuz`, `arch/boot/${name}/archiso.img`],
        ),
      );
      if (files.kernel === undefined) continue;
      const day = /^\d{4}\.\d{2}\.\d{2}/.exec((await folder.read('arch/version')) ?? '')?.[0];
      const why = `it has the kernel ${files.kernel}`;
      return layoutReading({ distro: 'archlinux', family: 'Arch Linux', day, arch: name, files, why });
    }
    return undefined;
  },
};
