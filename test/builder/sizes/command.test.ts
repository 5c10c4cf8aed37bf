// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { formatBytes, type ImageSizes } from '../../../builder/sizes/index.js';
import { type RunResult, run } from '../../../osinfo/doors/process.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { createImage, imageFolder, MIB } from './qemu.js';

const folder = imageFolder();
const program = join(folder, 'sizes.mjs');
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(packageRoot(), 'schema/sizes.schema.json'), 'utf8')),
);

/** The command as a program of its own. */
async function sizes(...words: string[]): Promise<RunResult> {
  return await run([process.execPath, program, ...words], { cwd: folder, okCodes: [0, 1, 2] });
}

beforeAll(async () => {
  await build({
    stdin: {
      contents: `import { command } from './tools/commands/sizes.ts'; import { houseStyle, runCommand } from './tools/main.ts';
        await runCommand(command(), process.argv.slice(2), houseStyle('guestwright sizes'));`,
      resolveDir: packageRoot(),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    banner: { js: "import{createRequire as __make}from'node:module';const require=__make(import.meta.url);" },
    logLevel: 'error',
  });
  await createImage(join(folder, 'a.qcow2'), 'qcow2', '', 5 * MIB);
  await createImage(join(folder, 'b.raw'), 'raw', '', 1 * MIB);
  await createImage(join(folder, 'c.vdi'), 'vdi', '', 3 * MIB);
});

describe('--json', () => {
  test('prints one document by the schema, in the order of the command line', async () => {
    const { stdout, stderr, exitCode } = await sizes('--json', 'c.vdi', 'a.qcow2', 'b.raw');
    expect([stderr, exitCode]).toEqual(['', 0]);
    const document = JSON.parse(stdout) as { readonly images: readonly ImageSizes[] };
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    expect(document.images.map((image) => [image.path, image.format, image.capacityBytes])).toEqual([
      ['c.vdi', 'vdi', 3 * MIB],
      ['a.qcow2', 'qcow2', 5 * MIB],
      ['b.raw', 'raw', 1 * MIB],
    ]);
  });

  test('an image with a snapshot has no commitment, and the schema wants the reason', async () => {
    await createImage(join(folder, 's.qcow2'), 'qcow2', '', 5 * MIB);
    await run(['qemu-img', 'snapshot', '-c', 'one', join(folder, 's.qcow2')]);
    const document = JSON.parse((await sizes('--json', 's.qcow2')).stdout);
    expect(validate(document)).toBe(true);
    delete document.images[0].commitmentNote;
    expect(validate(document)).toBe(false);
  });

  test('the schema refuses what is not said in it', () => {
    const image = {
      path: 'a',
      format: 'raw',
      formatSource: 'magic',
      capacityBytes: 1,
      lengthBytes: 1,
      allocationBytes: 1,
      commitmentBytes: 1,
    };
    const document = (entry: object) => ({ format: 'guestwright/sizes/1', images: [entry] });
    expect(validate(document(image))).toBe(true);
    expect(validate(document({ ...image, capacityBytes: -1 }))).toBe(false);
    expect(validate(document({ ...image, capacityBytes: 1.5 }))).toBe(false);
    expect(validate(document({ ...image, other: 1 }))).toBe(false);
    expect(validate({ images: [image] })).toBe(false);
  });
});

describe('the table for people', () => {
  test('has the four sizes in bytes and in human units', async () => {
    const { stdout } = await sizes('b.raw', 'a.qcow2');
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('b.raw: raw (no format recognised)');
    expect(lines).toContain('  capacity    1048576  1 MiB');
    expect(lines).toContain('a.qcow2: qcow2, units of 64 KiB');
    expect(lines).toContain('  commitment  5570560  5.3 MiB');
    expect(lines.at(-1)).toBe('');
  });

  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1024 * 1024 - 1, '1 MiB'],
    [5 * 1024 ** 3, '5 GiB'],
    [432_537_600, '412.5 MiB'],
    [2 ** 50, '1 PiB'],
    [Number.MAX_SAFE_INTEGER, '8 PiB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('errors', () => {
  test('an image that cannot be read is one line and exit 2, and the others are still told', async () => {
    const { stdout, stderr, exitCode } = await sizes('gone', 'b.raw', '.');
    expect(stdout).toMatch(/^b\.raw: raw/);
    expect(stderr).toBe(
      'guestwright sizes: gone: there is no such file\nguestwright sizes: .: this is a folder; name a disk image\n',
    );
    expect(exitCode).toBe(2);
  });
  test('--json leaves it out and stays one document', async () => {
    const { stdout, exitCode } = await sizes('--json', 'gone', 'b.raw');
    expect(JSON.parse(stdout).images).toHaveLength(1);
    expect(exitCode).toBe(2);
  });
  test('--format takes the word for it, and only known ones', async () => {
    expect((await sizes('--format', 'raw', 'a.qcow2')).stdout).toMatch(/^a\.qcow2: raw \(as given\)/);
    expect((await sizes('--format', 'vdi', 'a.qcow2')).stderr).toBe(
      'guestwright sizes: a.qcow2: this is not a VDI image\n',
    );
    expect(await sizes('--format', 'iso', 'a.qcow2')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/Allowed choices are raw, qcow2/),
    });
  });
  test('no image is a usage error', async () => {
    expect(await sizes()).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/missing required argument 'image'/),
    });
  });
});
