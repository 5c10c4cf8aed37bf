// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { facts, inWorld, machines, world } from './world.js';

const media = (...archs: readonly string[]): string => archs.map((arch) => `<media arch="${arch}"/>`).join('');
const virt = (arch: string): string =>
  `<gw:machine arch="${arch}" family="virt" default="true" pcie="true" virtio="modern" firmware="uefi"/>`;
const linux = '<family>linux</family><release-date>2024-01-01</release-date>';
const virtioBlock = '<devices><device id="http://pcisig.com/pci/1af4/1042"/></devices>';

describe('the architecture', () => {
  const host = virtioBlock + facts(machines.q35, virt('aarch64'), virt('riscv64'));

  it.each([
    [['aarch64', 'x86_64'], 'x86_64'],
    [['riscv64', 'aarch64'], 'aarch64'],
    [['riscv64'], 'riscv64'],
    [[], 'x86_64'],
  ])('of an OS for %j is %s', (archs, expected) => {
    const rec = inWorld(world(linux + virtioBlock + media(...archs), host));
    expect([rec.arch, rec.warnings]).toEqual([expected, []]);
  });

  it('of an OS that exists for 32-bit PCs only is that, where the platform has it', () => {
    const i686 = machines.q35.replace('x86_64', 'i686');
    expect(inWorld(world(linux + media('i686'), virtioBlock + facts(machines.q35, i686))).arch).toBe('i686');
  });

  it('may be one of which the database knows nothing, with a warning', () => {
    const rec = inWorld(world(linux + virtioBlock + media('x86_64'), host), { arch: 'aarch64' });
    expect(rec.warnings).toEqual(['nothing in the database is Example OS for aarch64: it has x86_64']);
  });

  it('may be 64 bit for a 32-bit PC system, without a word', () => {
    expect(inWorld(world(linux + virtioBlock + media('i686'), host), { arch: 'amd64' }).warnings).toEqual([]);
  });
});
