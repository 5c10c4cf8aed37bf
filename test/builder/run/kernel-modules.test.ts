// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { orderModules } from '../../../builder/run/helper/kernel-modules.js';
import { newFolder } from '../../osinfo/load/folders.js';

function makeModules(): string {
  const folder = newFolder();
  const files = {
    'modules.dep': `kernel/fs/xfs/xfs.ko.xz: kernel/lib/libcrc32c.ko.xz
kernel/lib/libcrc32c.ko.xz:
kernel/crypto/crc32c_generic.ko.xz:
kernel/drivers/block/virtio_blk.ko.xz: kernel/drivers/virtio/virtio_ring.ko.xz kernel/drivers/virtio/virtio.ko.xz
kernel/drivers/virtio/virtio_ring.ko.xz: kernel/drivers/virtio/virtio.ko.xz
kernel/drivers/virtio/virtio.ko.xz:
`,
    'modules.softdep': '# a comment\nsoftdep libcrc32c pre: crc32c\nsoftdep xfs post: nothing\n',
    'modules.alias': 'alias fs-xfs xfs\nalias pci:v00001AF4d* virtio_pci\nalias crc32c crc32c_generic\n',
    'modules.builtin': 'kernel/drivers/virtio/virtio_pci.ko\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('modules of a kernel', () => {
  test('stand behind what they need, and behind what they ask for by another name', () => {
    expect(orderModules(makeModules(), ['virtio-blk', 'xfs'])).toEqual([
      'kernel/drivers/virtio/virtio.ko.xz',
      'kernel/drivers/virtio/virtio_ring.ko.xz',
      'kernel/drivers/block/virtio_blk.ko.xz',
      'kernel/crypto/crc32c_generic.ko.xz',
      'kernel/lib/libcrc32c.ko.xz',
      'kernel/fs/xfs/xfs.ko.xz',
    ]);
  });

  test('need no file when they are built in', () => {
    expect(orderModules(makeModules(), ['virtio_pci'])).toEqual([]);
  });

  test('are named when the kernel has them not', () => {
    expect(() => orderModules(makeModules(), ['xfs', 'f2fs'])).toThrow(/has no module f2fs$/);
  });
});
