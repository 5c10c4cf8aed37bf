// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emulatorOf, probeEmulator } from '../../../builder/boot-test/emulators.js';
import { findProgram } from '../../../builder/run/probes.js';

describe('what starts the guests of an architecture', () => {
  it('is QEMU’s program for it', () => {
    expect(['x86_64', 'i686', 'aarch64', 's390x'].map(emulatorOf)).toEqual([
      'qemu-system-x86_64',
      'qemu-system-i386',
      'qemu-system-aarch64',
      'qemu-system-s390x',
    ]);
  });

  it('has no firmware of its own from BIOS, and from UEFI code and variables', () => {
    expect(probeEmulator('x86_64', 'bios')).toBeUndefined();
    const uefi = probeEmulator('x86_64', 'uefi')!;
    expect([uefi.code, uefi.variables].every((file) => existsSync(file))).toBe(true);
  });

  it.each(['i686', 'aarch64'])('is there for %s, or named by the package that has it', (arch) => {
    const complete = findProgram(emulatorOf(arch)) !== undefined;
    try {
      expect(existsSync(probeEmulator(arch, 'uefi')!.code)).toBe(true);
      expect(complete).toBe(true);
    } catch (error) {
      expect((error as Error).message).toMatch(/^missing: .*; sudo apt-get install (?:qemu-|ovmf-)/);
    }
  });

  it('is not there for what can only be planned', () => {
    expect(() => probeEmulator('s390x', 'bios')).toThrow(/^images for s390x are not started here/);
  });
});
