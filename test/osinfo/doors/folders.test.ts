// SPDX-License-Identifier: Apache-2.0
import { existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolders, provideFolder } from '../../../osinfo/doors/folders.js';
import { newFolder } from '../load/folders.js';

describe('makeFolders', () => {
  it('makes a folder and those above it, with the mode; what is there stays', () => {
    const path = join(newFolder(), 'a/b/c');
    makeFolders(path, 0o700);
    makeFolders(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('ends where no folder can be: below /proc, a file, a link that leads nowhere', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('/nonexistent/place', join(folder, 'link'));
    expect(() => makeFolders('/proc/none/of/this')).toThrow(/ENOENT/);
    for (const name of ['file', 'file/below', 'link', 'link/below']) {
      expect(() => makeFolders(join(folder, name)), name).toThrow(/ENOENT|EEXIST|ENOTDIR/);
    }
    expect(existsSync('/nonexistent/place')).toBe(false);
  });
});

describe('provideFolder', () => {
  it('says which folder it is', () => {
    expect(() => provideFolder('/proc/none/of/this')).toThrow(
      /^the folder \/proc\/none\/of\/this cannot be made: ENOENT.*; name another$/,
    );
  });
});
