// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../builder/plan/types.js';
import { formatGrubEnvironment } from '../../../builder/stages/boot/environment.js';
import { formatGrubDefaults } from '../../../builder/stages/boot/menu.js';
import { guardBootMenu } from '../../../builder/stages/boot/password.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { makeTree } from './tree.js';

describe('a boot menu with a password', () => {
  it('asks for it before a change, and starts the system without', () => {
    const tree = makeTree('lang C', ['etc/grub.d/10_linux', 'etc/grub.d/30_uefi-firmware']);
    const before = tree.read('etc/grub.d/30_uefi-firmware');
    guardBootMenu(tree.context, { value: "it's $x", crypted: false });
    const menu = execFileSync('sh', [join(tree.tree, 'etc/grub.d/01_users')], { encoding: 'utf8' });
    expect(menu).toMatch(/^set superusers="root"\npassword_pbkdf2 root grub\.pbkdf2\.sha512\.10000\.[0-9A-F.]+\n$/);
    execFileSync('grub-script-check', { input: menu });
    expect(tree.mode('etc/grub.d/01_users')).toBe('700');
    expect(tree.read('etc/grub.d/10_linux')).toMatch(/^CLASS="--unrestricted --class gnu-linux/m);
    expect(tree.read('etc/grub.d/30_uefi-firmware')).toBe(before);
    const once = tree.read('etc/grub.d/10_linux');
    guardBootMenu(tree.context, { value: 'other', crypted: false });
    expect(tree.read('etc/grub.d/10_linux')).toBe(once);
  });
});

describe('GRUB’s environment block', () => {
  it('is what grub-editenv makes, and reads', () => {
    const folder = newFolder();
    const [theirs, ours] = [join(folder, 'theirs'), join(folder, 'ours')];
    execFileSync('grub-editenv', [theirs, 'create']);
    expect(formatGrubEnvironment({})).toBe(readFileSync(theirs, 'utf8'));
    writeFileSync(ours, formatGrubEnvironment({ blsdir: '/@/boot/loader/entries' }));
    expect(execFileSync('grub-editenv', [ours, 'list'], { encoding: 'utf8' })).toBe('blsdir=/@/boot/loader/entries\n');
  });
});

describe('the settings of a boot menu', () => {
  const terminal = (name: string, append: string) =>
    formatGrubDefaults(
      {
        arch: { name, packages: name },
        boot: { append, timeoutSeconds: 1 },
        storage: { boot: { grubUnlocks: [] } },
      } as unknown as Plan,
      [],
    )
      .split('\n')
      .filter((line) => /TERMINAL|SERIAL/.test(line));

  it('have the menu on the serial line of a PC by GRUB’s own driver, and of 64-bit ARM by the firmware', () => {
    expect(terminal('x86_64', 'console=tty0 console=ttyS1,9600n8')).toEqual([
      'GRUB_TERMINAL="console serial"',
      'GRUB_SERIAL_COMMAND="serial --unit=1 --speed=9600"',
    ]);
    expect(terminal('x86_64', 'quiet')).toEqual([]);
    expect(terminal('aarch64', 'console=ttyAMA0,115200')).toEqual(['GRUB_TERMINAL=console']);
  });
});
