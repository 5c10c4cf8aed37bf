// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../osinfo/doors/process.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { parseAge, parseBytes } from '../../../tools/cache/limits.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { bundleTool, type Program } from '../bundle.js';

let program: Program;
beforeAll(async () => {
  program = await bundleTool('guestwright');
}, 60_000);
afterAll(() => program.remove());

const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(packageRoot(), 'schema/cache.schema.json'), 'utf8')),
);
const KEY = 'a'.repeat(40);

/** A cache with a finished tree of 64 KiB, its note, and an index. */
function makeCache(): string {
  const root = newFolder();
  mkdirSync(join(root, 'build/stages'), { recursive: true });
  mkdirSync(join(root, 'db'));
  writeFileSync(join(root, `build/stages/clean-${KEY}.tar.zst`), Buffer.alloc(65_536, 1));
  const of = { name: 'web', os: 'debian12', arch: 'x86_64' };
  const note = { format: 'guestwright/kept-tree/1', stage: 'clean', of, notices: [], result: { packages: [] } };
  writeFileSync(join(root, `build/stages/clean-${KEY}.json`), JSON.stringify(note));
  writeFileSync(join(root, 'db/1-2.index'), Buffer.alloc(8192, 1));
  return root;
}

async function cache(root: string, ...words: string[]) {
  const env = { ...(process.env as Record<string, string>), GUESTWRIGHT_CACHE_DIR: root, NO_COLOR: '1' };
  return await run([process.execPath, program.path, 'cache', ...words], { env, okCodes: [0, 1, 2] });
}

describe('guestwright cache', () => {
  it('ls says what is kept, what of, its size and its last use', async () => {
    const root = makeCache();
    const { stdout, exitCode } = await cache(root, 'ls');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${root}: `);
    expect(stdout).toMatch(/ {2}finished tree of web \(debian12, x86_64\) +6[48]( KiB|\.\d KiB) {2}used 0 min ago\n/);
    expect(stdout).toMatch(/ {2}indexes of databases \(1\) +8 KiB {2}used 0 min ago\n/);
    const document = JSON.parse((await cache(root, 'ls', '--json')).stdout) as { entries: unknown[] };
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    expect(document.entries).toContainEqual(
      expect.objectContaining({
        kind: 'tree',
        stage: 'clean',
        of: 'web',
        os: 'debian12',
        arch: 'x86_64',
        inUse: false,
      }),
    );
  });

  it('gc removes what is too much, and says what; clear removes all', async () => {
    const root = makeCache();
    expect((await cache(root, 'gc')).stdout).toMatch(/^0 B freed; .* stay\n$/);
    const gone = JSON.parse((await cache(root, 'gc', '--max-size', '0M', '--json')).stdout) as { entries: unknown[] };
    expect(validate(gone), JSON.stringify(validate.errors)).toBe(true);
    expect(gone.entries).toHaveLength(2);
    const again = makeCache();
    expect((await cache(again, 'clear')).stdout).toMatch(/^(?:[\d.]+) KiB freed\n$/);
    expect((await cache(again, 'ls')).stdout).toBe(`${again}: empty\n`);
  });

  it('says what an age and a size look like', async () => {
    const { stderr, exitCode } = await cache(newFolder(), 'gc', '--older-than', '3x');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('give an age such as 12h, 30d or 8w');
    expect([parseAge('12h'), parseAge('2w'), parseBytes('10G'), parseBytes('0M')]).toEqual([
      12 * 3_600_000,
      14 * 24 * 3_600_000,
      10 * 2 ** 30,
      0,
    ]);
  });
});
