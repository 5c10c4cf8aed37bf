// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'guestwright-arrows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the rule over a tree with these files. */
function arrows(files: Record<string, string>) {
  const tree = mkdtempSync(join(folder, 'tree-'));
  mkdirSync(join(tree, 'scripts'));
  cpSync(join(root, 'scripts/arrows.mjs'), join(tree, 'scripts/arrows.mjs'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(tree, name, '..'), { recursive: true });
    writeFileSync(join(tree, name), text);
  }
  return spawnSync(process.execPath, ['scripts/arrows.mjs'], { cwd: tree, encoding: 'utf8' });
}

describe('the arrows between the rooms', () => {
  it('hold in this repository', () => {
    expect(spawnSync(process.execPath, ['scripts/arrows.mjs'], { cwd: root, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('a library that knows the builder is named with its line', () => {
    const { status, stderr } = arrows({ 'osinfo/a.ts': "\nimport { b } from '../builder/b.js';\n" });
    expect(status).toBe(1);
    expect(stderr).toBe('osinfo/a.ts:2: osinfo/ may not import builder/\n');
  });

  it('a second door for processes, XML or HTTP is named', () => {
    const { stderr } = arrows({
      'builder/a.ts': "import { spawn } from 'node:child_process';\n",
      'tools/b.ts': "import { XMLParser } from 'fast-xml-parser';\nconst { got } = await import('got');\n",
    });
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => line.split(': ')[0]),
    ).toEqual(['builder/a.ts:1', 'tools/b.ts:1', 'tools/b.ts:2']);
  });

  it('the ones of the design are free', () => {
    expect(
      arrows({
        'tools/a.ts': "import '../builder/b.js';\nimport '../osinfo/c.js';\n",
        'builder/b.ts': "import '../osinfo/c.js';\n",
        'osinfo/c.ts': "import './d.js';\n",
      }).status,
    ).toBe(0);
  });
});
