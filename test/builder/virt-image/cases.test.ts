// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ReadVirtImage, readVirtImage } from '../../../builder/virt-image/index.js';
import { packageRoot } from '../../../osinfo/package-root.js';

const reference = process.env['GUESTWRIGHT_REFERENCE'] ?? resolve(packageRoot(), '../shared/reference');
const cases = join(reference, 'virt-image/cases');

interface Told {
  readonly name: string;
  readonly xml: string;
  readonly error?: { readonly message: string | null };
  readonly parsed?: {
    readonly boots: readonly {
      readonly type: string;
      readonly arch: string;
      readonly dev: string | null;
      readonly loader: string | null;
      readonly kernel: string | null;
      readonly initrd: string | null;
      readonly cmdline: string | null;
      readonly features: Readonly<Record<string, string>>;
      readonly drives: readonly object[];
    }[];
    readonly disks: readonly { readonly checksums: Readonly<Record<string, string>> }[];
  };
}

/** Our result in the words of the told one. */
function retell(image: ReadVirtImage): object {
  const or = <T>(value: T | undefined) => value ?? null;
  return {
    name: or(image.name),
    version: or(image.version),
    release: or(image.release),
    label: or(image.label),
    description: or(image.description),
    memoryKiB: or(image.memoryKiB),
    vcpu: image.vcpus,
    interfaces: image.interfaces,
    graphics: image.graphics,
    boots: image.boots.map((one) => ({
      type: one.type,
      arch: one.arch,
      dev: or(one.loaderDev),
      loader: or(one.loader),
      kernel: or(one.kernel),
      initrd: or(one.initrd),
      cmdline: or(one.cmdline),
      features: Object.fromEntries(one.features.map((feature) => [feature.name, feature.state])),
      drives: one.drives.map((drive) => ({ disk: drive.disk.id, file: drive.disk.file, target: or(drive.target) })),
    })),
    disks: image.disks.map((disk) => ({
      id: disk.id,
      file: disk.file,
      use: disk.use,
      size: or(disk.size),
      format: disk.format,
      checksums: Object.fromEntries(
        Object.entries(disk.checksums).map(([type, digest]) => [type === '' ? 'null' : type, digest]),
      ),
    })),
  };
}

/** Where we differ on purpose: the first reader gave all features the state of the last. */
const intended: Readonly<Record<string, object>> = {
  'feature-off-then-on': { acpi: 'off', pae: 'on' },
  'feature-on-then-off': { pae: 'on', acpi: 'off' },
};

describe.skipIf(!existsSync(cases))('the cases of the reference (skipped where the reference folder is absent)', () => {
  const told = existsSync(cases)
    ? readFileSync(join(cases, 'parse.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Told)
    : [];
  test.each(told.map((one) => [one.name, one] as const))('%s', (name, one) => {
    if (one.error) {
      const message =
        name === 'memory-text' ? "Memory must be an integer, but is '512M'" : (one.error.message ?? /^x\.xml:1:22: /);
      expect(() => readVirtImage(one.xml, 'x.xml')).toThrow(message);
      return;
    }
    const wanted = { ...one.parsed!, vcpu: String((one.parsed as { vcpu?: unknown }).vcpu ?? 1) };
    const boots = one.parsed!.boots.map((each) => (intended[name] ? { ...each, features: intended[name] } : each));
    expect(retell(readVirtImage(one.xml, 'x.xml'))).toEqual({ ...wanted, boots });
  });

  const inputs = [
    'image.xml',
    'image-kernel.xml',
    'image-format.xml',
    'image2nics.xml',
    'cli-image.xml',
    'cli-image-nogfx.xml',
    'example1.xml',
  ].map((file) => `input/${file}`);
  test.each([...inputs, 'appliance-creator-shape.xml'])('%s', (file) => {
    const image = readVirtImage(readFileSync(join(cases, file)), file);
    expect(image.boots.length).toBeGreaterThan(0);
    expect(image.memoryKiB).toBeGreaterThan(200_000);
  });
});
