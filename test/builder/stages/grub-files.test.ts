// SPDX-License-Identifier: Apache-2.0
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StageContext } from '../../../builder/run/context.js';
import { copyGrubModules, provideGrubFont } from '../../../builder/stages/boot/grub-files.js';
import { newFolder } from '../../osinfo/load/folders.js';

const MODULE = 'usr/lib/grub/i386-pc/normal.mod';

function makeTree(
  family: 'deb' | 'rpm',
  menu: string,
  mounts = ['/'],
): { context: StageContext; at: (path: string) => string } {
  const tree = newFolder();
  const at = (path: string): string => join(tree, path);
  const folder = family === 'deb' ? 'grub' : 'grub2';
  const files = {
    [MODULE]: 'module',
    'usr/lib/grub/i386-pc/boot.img': 'code',
    'usr/bin/grub2-mkimage': '',
    'usr/share/grub/unicode.pf2': 'font',
    [`boot/${folder}/grub.cfg`]: menu,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  }
  const plan = {
    os: { family },
    arch: { name: 'x86_64' },
    disks: [{ partitions: mounts.map((mountpoint) => ({ mountpoint })) }],
    storage: { raids: [], luks: [], volumeGroups: [], btrfs: [] },
  };
  return { context: { tree, plan } as unknown as StageContext, at };
}

describe('GRUB’s modules beside the menu', () => {
  it('take no room of their own in a deb system, and are copies where labels tell files apart', () => {
    const deb = makeTree('deb', '');
    copyGrubModules(deb.context);
    copyGrubModules(deb.context);
    expect(lstatSync(deb.at('boot/grub/i386-pc/normal.mod')).ino).toBe(lstatSync(deb.at(MODULE)).ino);
    expect(lstatSync(deb.at('boot/grub/i386-pc/boot.img'), { throwIfNoEntry: false })).toBeUndefined();
    const rpm = makeTree('rpm', '');
    copyGrubModules(rpm.context);
    expect(lstatSync(rpm.at('boot/grub2/i386-pc/normal.mod')).ino).not.toBe(lstatSync(rpm.at(MODULE)).ino);
    expect(readFileSync(rpm.at('boot/grub2/i386-pc/normal.mod'), 'utf8')).toBe('module');
  });

  it.each([[['/', '/boot']], [['/', '/usr']], [['/', '/boot/grub']]])('are copies with %j mounted', (mounts) => {
    const { context, at } = makeTree('deb', '', mounts);
    copyGrubModules(context);
    expect(lstatSync(at('boot/grub/i386-pc/normal.mod')).nlink).toBe(1);
  });

  it('are not written through a link that leads out of the tree', () => {
    const { context, at } = makeTree('deb', '');
    const outside = newFolder();
    symlinkSync(outside, at('boot/grub/i386-pc'));
    expect(() => copyGrubModules(context)).toThrow(/leads out of the system tree/);
  });
});

describe('GRUB’s font', () => {
  const font = 'boot/grub/fonts/unicode.pf2';

  it('is there for a menu that loads one, and for no other', () => {
    const text = makeTree('deb', 'terminal_output console serial\n');
    provideGrubFont(text.context);
    expect(lstatSync(text.at(font), { throwIfNoEntry: false })).toBeUndefined();
    const graphic = makeTree('deb', 'if loadfont unicode ; then\n  insmod gfxterm\nfi\n');
    provideGrubFont(graphic.context);
    expect(readFileSync(graphic.at(font), 'utf8')).toBe('font');
  });

  it('stays as a script left it', () => {
    const { context, at } = makeTree('deb', 'loadfont unicode\n');
    mkdirSync(at('boot/grub/fonts'));
    writeFileSync(at(font), 'other');
    provideGrubFont(context);
    expect(readFileSync(at(font), 'utf8')).toBe('other');
  });
});
