// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { type ManifestInput, makeManifest } from '../../../builder/output/manifest.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { recommendation } from '../virt-image/recommendation.js';

const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(packageRoot(), 'schema/manifest.schema.json'), 'utf8')),
);

const input: ManifestInput = {
  name: 'web',
  version: '1.0',
  os: {
    id: 'http://debian.org/debian/12',
    shortId: 'debian12',
    name: 'Debian 12',
    why: 'the header comment of web.ks',
  },
  arch: 'x86_64',
  kickstart: { file: '/home/somebody/web.ks', sha256: 'a'.repeat(64) },
  planKey: '0123456789abcdef',
  packageSource: {
    repositories: [{ uri: 'http://ftp.debian.org/debian', suite: 'bookworm', components: ['main'] }],
    why: 'the database',
  },
  packages: [
    { name: 'zlib1g', version: '1', arch: 'amd64' },
    { name: 'bash', version: '5', arch: 'i386' },
    { name: 'bash', version: '5', arch: 'amd64' },
  ],
  disks: [
    {
      name: 'sda',
      images: [
        {
          sizes: {
            path: '/home/somebody/out/web-sda.qcow2',
            format: 'qcow2',
            formatSource: 'magic',
            capacityBytes: 5_368_709_120,
            lengthBytes: 1000,
            allocationBytes: 4096,
            commitmentBytes: null,
            commitmentNote: 'unbounded',
            clusterBytes: 65_536,
          },
          checksums: { sha256: 'b'.repeat(64), sha512: 'c'.repeat(128) },
        },
      ],
    },
  ],
  tools: { 'qemu-img': '7.2', mmdebstrap: '1.3' },
  stages: [{ stage: 'install', ms: 12_345, cached: false }],
  helpers: [{ purpose: 'xfs on /', machine: 'uml', ms: 9000 }],
  recommendation,
};

describe('a manifest', () => {
  test('obeys its schema, with and without an epoch', () => {
    for (const manifest of [makeManifest(input), makeManifest({ ...input, sourceDateEpoch: 1 })]) {
      expect(validate(JSON.parse(JSON.stringify(manifest))), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  test('names files without folders, and packages in order', () => {
    const manifest = makeManifest(input);
    expect(manifest.kickstart.file).toBe('web.ks');
    expect(manifest.disks[0]!.images[0]).toMatchObject({
      file: 'web-sda.qcow2',
      allocationBytes: 4096,
      commitmentBytes: null,
    });
    expect(manifest.packages.map((one) => `${one.name}:${one.arch}`)).toEqual([
      'bash:amd64',
      'bash:i386',
      'zlib1g:amd64',
    ]);
    expect(Object.keys(manifest.tools)).toEqual(['mmdebstrap', 'qemu-img']);
    expect(manifest.stages).toEqual(input.stages);
  });

  test('with SOURCE_DATE_EPOCH is the same whatever took how long, and wherever it was built', () => {
    const here = makeManifest({ ...input, sourceDateEpoch: 1_700_000_000 });
    const there = makeManifest({
      ...input,
      sourceDateEpoch: 1_700_000_000,
      kickstart: { ...input.kickstart, file: 'web.ks' },
      packages: [...input.packages].reverse(),
      stages: [{ stage: 'install', ms: 1, cached: true }],
      disks: input.disks.map((disk) => ({
        ...disk,
        images: disk.images.map((image) => ({
          ...image,
          sizes: { ...image.sizes, path: 'web-sda.qcow2', allocationBytes: 8192 },
        })),
      })),
      recommendation: {
        ...recommendation,
        why: recommendation.why.map((one) => ({
          ...one,
          facts: one.facts.map((fact) => ({ ...fact, at: '/elsewhere/db/os.xml:9' })),
        })),
      },
    });
    expect(JSON.stringify(there)).toBe(JSON.stringify(here));
    expect(here).not.toHaveProperty('stages');
    expect(here.sourceDateEpoch).toBe(1_700_000_000);
  });

  test.each([
    [
      'a digest that is none',
      { disks: [{ name: 'sda', images: [{ sizes: input.disks[0]!.images[0]!.sizes, checksums: { sha256: 'XYZ' } }] }] },
    ],
    ['a key that is none', { planKey: 'not hex' }],
    ['no name', { name: '' }],
  ])('%s is refused by the schema', (_, change) => {
    expect(validate(JSON.parse(JSON.stringify(makeManifest({ ...input, ...change }))))).toBe(false);
  });
});
