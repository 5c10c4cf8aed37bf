// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findNonconformance } from '../../../builder/virt-image/conform.js';
import { describeAppliance, writeVirtImage } from '../../../builder/virt-image/index.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { recommendation } from './recommendation.js';

const ours = writeVirtImage(
  describeAppliance({
    name: 'web',
    recommendation,
    arch: 'x86_64',
    disks: [
      {
        file: 'web.qcow2',
        format: 'qcow2',
        use: 'system',
        checksums: { sha1: 'a'.repeat(40), sha512: 'b'.repeat(128) },
      },
    ],
  }),
);

async function faultsOf(xml: string): Promise<string[]> {
  const file = join(newFolder(), 'web.xml');
  writeFileSync(file, xml);
  return (await findNonconformance(file)).map((fault) => fault.slice(fault.indexOf('web.xml')));
}

describe('the grammar of descriptors', () => {
  it('takes what we write', async () => {
    expect(await faultsOf(ours)).toEqual([]);
  });

  it.each([
    [
      'an element that there is not',
      (xml: string) => xml.replace('<vcpu>', '<os_type>x</os_type><vcpu>'),
      /^web\.xml:\d+: .*os_type/,
    ],
    ['a use that there is not', (xml: string) => xml.replace('use="system"', 'use="data"'), /^web\.xml:\d+: .*use/],
    ['a digest in capitals', (xml: string) => xml.replace('a'.repeat(40), 'A'.repeat(40)), /^web\.xml:\d+: .*checksum/],
    ['a second domain', (xml: string) => xml.replace('</domain>', '</domain><domain/>'), /^web\.xml:\d+: .*domain/],
  ])('says file and line of %s', async (_, change, message) => {
    const faults = await faultsOf(change(ours));
    expect(faults.join('\n')).toMatch(message);
  });
});
