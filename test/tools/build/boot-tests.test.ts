// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BootTestResult } from '../../../builder/boot-test/boot-test.js';
import type { Plan } from '../../../builder/plan/types.js';
import {
  type BootWishes,
  formatBoots,
  prepareBoots,
  probeBoots,
  refuseFailedBoots,
} from '../../../tools/build/boot-tests.js';
import { newFolder } from '../../osinfo/load/folders.js';

/** As much of a plan as is looked at. */
function planOf(rootPassword: object | undefined, formats = ['qcow2']): Plan {
  const system = { fstab: [], ...(rootPassword ? { rootPassword } : {}) };
  const storage = { raids: [], luks: [], volumeGroups: [], btrfs: [] };
  return { outputs: { formats }, system, storage, disks: [], boot: { firmware: ['bios', 'uefi'] } } as unknown as Plan;
}
const clear = { password: 'secret', crypted: false, lock: false };
const wishes = (more: Partial<BootWishes> = {}): BootWishes => ({ commands: [], ...more });

describe('what a boot test asks for', () => {
  it('logs in only where something is to be seen, with the kickstart’s password or that of a file', () => {
    expect(prepareBoots(planOf(clear), wishes()).inside).toBeUndefined();
    expect(prepareBoots(planOf(clear), wishes({ commands: ['true'] })).inside).toMatchObject({
      password: 'secret',
      commands: ['true'],
    });
    const passwordFile = join(newFolder(), 'root');
    writeFileSync(passwordFile, 'from a file \r\nand no more\n');
    const { inside } = prepareBoots(planOf({ ...clear, crypted: true }), wishes({ passwordFile }));
    expect(inside).toMatchObject({ password: 'from a file ', commands: [] });
  });

  it.each([{ ...clear, crypted: true }, { ...clear, lock: true }, undefined])(
    'cannot log in with %j',
    (rootPassword) => {
      expect(() => prepareBoots(planOf(rootPassword), wishes({ commands: ['true'] }))).toThrow(
        '--boot-run logs in as root, and the kickstart has no rootpw --plaintext; give the password by --boot-password-file',
      );
    },
  );

  it('is refused before the build where it cannot be', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'empty'), '\n');
    const ask = (more: Partial<BootWishes>) => () => prepareBoots(planOf(clear), wishes(more));
    expect(ask({ passwordFile: join(folder, 'none') })).toThrow(/none: there is no such file$/);
    expect(ask({ passwordFile: join(folder, 'empty') })).toThrow(/empty: the first line is empty/);
    expect(ask({ expect: '' })).toThrow(/--boot-expect waits for a part of one line/);
    expect(ask({ expect: 'a\nb' })).toThrow(/--boot-expect waits for a part of one line/);
    expect(() => prepareBoots(planOf(clear, ['tar']), wishes())).toThrow(/add qcow2$/);
    expect(() => prepareBoots(planOf(clear, ['raw.xz']), wishes())).toThrow(/add qcow2$/);
  });

  it('is refused before the build where this machine starts no such system', () => {
    const prepared = (arch: string) => prepareBoots({ ...planOf(clear), arch: { name: arch } } as Plan, wishes());
    expect(() => probeBoots(prepared('x86_64'))).not.toThrow();
    expect(() => probeBoots(prepared('s390x'))).toThrow('images for s390x are not started here');
  });
});

const boot: BootTestResult = {
  firmware: 'bios',
  accelerator: 'tcg',
  seconds: 49.7,
  checks: [{ check: 'units', passed: false, detail: 'failed units: a.service' }],
  commands: [
    { command: 'echo one; echo two', exitCode: 0, output: 'one\ntwo\n' },
    { command: 'false', exitCode: 1, output: '' },
  ],
  failures: ['failed units: a.service', '"false" ended with exit code 1'],
  screenshot: 'screen-bios.png',
  log: '/logs/failed.log',
};

it('what was seen is shown with every command’s output', () => {
  expect(
    formatBoots(
      [boot, { ...boot, firmware: 'uefi', accelerator: 'kvm', expected: 'up', checks: [], commands: [] }],
      '+',
      '-',
    ),
  ).toEqual([
    '  + starts from BIOS: login prompt after 49.7 s (emulated, without KVM)',
    '    - failed units: a.service',
    '    + echo one; echo two',
    '        one',
    '        two',
    '    - false  (exit code 1)',
    '    screen: screen-bios.png',
    '  + starts from UEFI: "up" after 49.7 s (KVM)',
    '    screen: screen-bios.png',
  ]);
});

it('what failed ends the command with one line', () => {
  expect(() => refuseFailedBoots([{ ...boot, failures: [] }])).not.toThrow();
  expect(() => refuseFailedBoots([{ ...boot, failures: [] }, boot])).toThrow(
    'started from BIOS, failed units: a.service (and 1 more) (console: /logs/failed.log)',
  );
});
