// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { decision, GiB, inWorld, MiB, world } from './world.js';

const resources = (arch: string, inside: string): string => `<resources arch="${arch}">${inside}</resources>`;
const sizes = (kind: string, ram: number, storage: number, cpus?: number): string =>
  `<${kind}>${cpus ? `<n-cpus>${cpus}</n-cpus>` : ''}<ram>${ram}</ram><storage>${storage}</storage></${kind}>`;

const linux = '<family>linux</family><release-date>2024-01-01</release-date>';

describe('memory, processors and disk size', () => {
  it('are what the entry recommends', () => {
    const rec = inWorld(world(linux + resources('all', sizes('recommended', 3 * GiB, 30 * GiB, 4))));
    expect([rec.memoryBytes, rec.storageBytes, rec.cpu.count]).toEqual([3 * GiB, 30 * GiB, 4]);
    expect(decision(rec, 'memoryBytes').rule).toBe('memory.recommended');
  });

  it('are those of the architecture before those of all', () => {
    const both =
      resources('all', sizes('recommended', GiB, GiB)) + resources('x86_64', sizes('recommended', 2 * GiB, 9 * GiB));
    expect(inWorld(world(linux + both)).memoryBytes).toBe(2 * GiB);
  });

  it('are twice the minimum where that is all that is said', () => {
    const rec = inWorld(world(linux + resources('all', sizes('minimum', 512 * MiB, 5 * GiB))));
    expect([rec.memoryBytes, rec.storageBytes, rec.cpu.count]).toEqual([GiB, 10 * GiB, 2]);
    expect(decision(rec, 'memoryBytes')).toMatchObject({
      rule: 'memory.roomier-than-minimum',
      facts: [{ text: 'Example OS has 512 MiB of memory as its minimum' }],
    });
  });

  it('are the minimum itself where doubling it would be waste', () => {
    const rec = inWorld(world(linux + resources('all', sizes('minimum', 4 * GiB, 64 * GiB, 2))));
    expect([rec.memoryBytes, rec.storageBytes, rec.cpu.count]).toEqual([4 * GiB, 64 * GiB, 2]);
  });

  it('are the custom of the family where nothing is said, and the reason says so', () => {
    const rec = inWorld(world(linux));
    expect([rec.memoryBytes, rec.storageBytes, rec.cpu.count]).toEqual([2 * GiB, 20 * GiB, 2]);
    expect(decision(rec, 'memoryBytes')).toMatchObject({
      rule: 'memory.family',
      facts: [{ text: 'family default: Linux since 2016 is at ease with 2 GiB' }],
    });
  });

  it('stay small for systems that do not start with more', () => {
    const rec = inWorld(world('<family>win9x</family><version>4.0</version>'));
    expect(rec.cpu.count).toBe(1);
    expect(rec.memoryBytes).toBeLessThanOrEqual(480 * MiB);
  });

  it('are raised to what is required, and never lowered', () => {
    const db = world(linux + resources('all', sizes('recommended', 2 * GiB, 20 * GiB, 2)));
    const raised = inWorld(db, { requires: { memoryBytes: 6 * GiB, storageBytes: GiB } });
    expect([raised.memoryBytes, raised.storageBytes]).toEqual([6 * GiB, 20 * GiB]);
    expect(decision(raised, 'memoryBytes').rule).toBe('memory.required');
  });

  it('are the caller’s where he chose, and what speaks against it is a warning with its place', () => {
    const db = world(linux + resources('all', sizes('minimum', GiB, 10 * GiB) + sizes('maximum', 8 * GiB, 99 * GiB)));
    const small = inWorld(db, { overrides: { memoryBytes: 256 * MiB } });
    expect(small.memoryBytes).toBe(256 * MiB);
    expect(decision(small, 'memoryBytes').rule).toBe('memoryBytes.override');
    expect(small.warnings).toEqual([
      '256 MiB is less than the minimum: Example OS has 1 GiB of memory as its minimum (os/example.org/os-1.xml:4)',
    ]);
    const large = inWorld(db, { overrides: { memoryBytes: 16 * GiB } });
    expect(large.warnings).toEqual([
      '16 GiB is more than it can use: Example OS has 8 GiB of memory as its maximum (os/example.org/os-1.xml:4)',
    ]);
  });

  it('warn of 64 GiB and more for a 32-bit PC', () => {
    // A platform that names no machine has what its architecture usually has.
    const rec = inWorld(world(linux, ''), { arch: 'i686', overrides: { memoryBytes: 128 * GiB } });
    expect(rec.warnings).toEqual(['128 GiB is more than it can use: a 32-bit PC addresses at most 64 GiB']);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('are refused when they are %s', (memoryBytes) => {
    expect(() => inWorld(world(linux), { overrides: { memoryBytes } })).toThrow(/must be a whole number above zero/);
  });
});
