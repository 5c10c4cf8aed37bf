// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseDiskSize } from '../../../tools/build/disk-size.js';

const GIB = 2 ** 30;

describe('--disk-size', () => {
  it.each([
    ['20G', { '*': 20 * GIB }],
    ['sda=20G', { sda: 20 * GIB }],
    ['/dev/nvme0n1=512M', { nvme0n1: GIB / 2 }],
    ['64TiB', { '*': 64 * 1024 * GIB }],
  ])('%s', (text, sizes) => expect(parseDiskSize(text)).toEqual(sizes));

  it('is given for one disk after another', () => {
    expect(parseDiskSize('sdb=1G', parseDiskSize('20G'))).toEqual({ '*': 20 * GIB, sdb: GIB });
  });

  it.each(['20', '20g', '0G', '65T', '-1G', '1.5G', 'sd a=1G', '=1G', ''])('refuses %j', (text) =>
    expect(() => parseDiskSize(text)).toThrow(/a size such as 20G/),
  );
});
