// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type ByteSource, MediaError, type MediaInfo, readMedia } from '../../../../osinfo/index.js';
import { newFolder } from '../../load/folders.js';
import { genisoImage, run, someFiles, xorrisoImage } from './images.js';

/** Bytes in memory, that count what is asked of them. */
function memory(bytes: Uint8Array): ByteSource & { reads: number; asked: number } {
  const source = {
    name: 'x.iso',
    kind: 'file' as const,
    reads: 0,
    asked: 0,
    size: () => bytes.length,
    async read(offset: number, length: number) {
      if (!Number.isSafeInteger(offset) || offset < 0 || length < 0)
        throw new Error(`asked for ${length} at ${offset}`);
      source.reads++;
      source.asked += length;
      return bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length));
    },
    close: async () => undefined,
  };
  return source;
}

const images: Buffer[] = [];
beforeAll(() => {
  const boot = someFiles({ 'boot.img': '\0'.repeat(4096), 'efi.img': '\0'.repeat(4096) });
  const words = ['-J', '-b', 'boot.img', '-no-emul-boot', '-eltorito-alt-boot', '-e', 'efi.img', '-no-emul-boot'];
  images.push(readFileSync(xorrisoImage({ volumeId: 'BOOT', publisherId: 'P' }, words, boot)));
  images.push(readFileSync(xorrisoImage({ volumeId: 'PPC' }, [], someFiles({ 'ppc/bootinfo.txt': 'x' }))));
  images.push(readFileSync(genisoImage({ volumeId: 'BRIDGE' }, ['-udf', '-J'])));
  const udf = join(newFolder(), 'udf.img');
  run('mkudffs', ['-l', 'UDF', '-b', '2048', '--new-file', udf, '600']);
  images.push(readFileSync(udf));
});

/** Where numbers stand that lead somewhere, and everything else near them. */
const change = fc.record({
  at: fc.oneof(
    fc.integer({ min: 32_768, max: 32_768 + 10 * 2048 }),
    fc.integer({ min: 40_000, max: 250_000 }),
    fc.integer({ min: 524_288, max: 524_288 + 64 }),
  ),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.constantFrom(
      Uint8Array.of(255, 255, 255, 255),
      Uint8Array.of(0, 0, 0, 0),
      Uint8Array.of(0, 0, 0, 0x80),
      Uint8Array.of(16, 0, 0, 0, 0, 0, 0, 16),
    ),
  ),
});

test('changed descriptors never hang, never ask for much, and throw nothing but MediaError', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 3 }),
      fc.array(change, { minLength: 1, maxLength: 12 }),
      fc.option(fc.nat({ max: 1_300_000 })),
      async (index, changes, cut) => {
        const bytes = Uint8Array.from(images[index]!);
        for (const { at, bytes: put } of changes) if (at + put.length <= bytes.length) bytes.set(put, at);
        const source = memory(cut === null ? bytes : bytes.subarray(0, cut));
        try {
          await readMedia(source);
        } catch (error) {
          if (!(error instanceof MediaError)) throw error;
          expect(error.message).not.toContain('\n');
        }
        expect(source.reads).toBeLessThan(4000);
        expect(source.asked).toBeLessThan(10 * 1024 * 1024);
      },
    ),
    { numRuns: 400 },
  );
});

test('any bytes are answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), fc.nat({ max: 45_000 }), async (bytes, before) => {
      const all = new Uint8Array(before + bytes.length + 3000);
      all.set(bytes, before);
      const error = await readMedia(memory(all)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(MediaError);
    }),
    { numRuns: 100 },
  );
});

type Puts = readonly (readonly [number, Uint8Array | string])[];

/** The image with other bytes at places. */
function withBytes(image: Buffer, puts: Puts): Uint8Array {
  const bytes = Uint8Array.from(image);
  for (const [at, put] of puts) bytes.set(typeof put === 'string' ? Buffer.from(put, 'latin1') : put, at);
  return bytes;
}

async function changed(image: Buffer, puts: Puts): Promise<MediaInfo> {
  return await readMedia(memory(withBytes(image, puts)));
}
const PRIMARY = 32_768;

test('a boot catalogue that lies nowhere, is none or is damaged is a warning', async () => {
  const at = images[0]!.readUInt32LE(17 * 2048 + 71) * 2048;
  for (const [puts, reason] of [
    [[[17 * 2048 + 71, Uint8Array.of(255, 255, 255, 255)]], 'it lies behind the end of the image'],
    [[[17 * 2048 + 71, Uint8Array.of(16, 0, 0, 0)]], 'it does not begin as one should'],
    [[[at + 5, 'X']], 'its checksum is wrong'],
  ] as const) {
    const media = await changed(images[0]!, puts);
    expect(media).toMatchObject({ bootable: true, bootPlatforms: [], bootEntries: [] });
    expect(media.warnings).toEqual([
      { code: 'boot-catalogue', message: `its boot catalogue cannot be used: ${reason}` },
    ]);
  }
});

test('a catalogue that promises 65,535 entries has those that are there', async () => {
  const at = images[0]!.readUInt32LE(17 * 2048 + 71) * 2048;
  expect(images[0]![at + 64]).toBe(0x91);
  const media = await changed(images[0]!, [[at + 64 + 2, Uint8Array.of(255, 255)]]);
  expect(media.bootPlatforms).toEqual(['bios', 'uefi']);
});

test('a directory of 4 GiB, in itself, or behind the end is not followed', async () => {
  const root = PRIMARY + 156;
  for (const put of [
    [root + 10, Uint8Array.of(255, 255, 255, 255)],
    [root + 2, Uint8Array.of(255, 255, 255, 255)],
  ] as const) {
    const source = memory(withBytes(images[1]!, [put]));
    const media = await readMedia(source);
    expect(media.facts.volumeId).toBe('PPC');
    expect(source.asked).toBeLessThan(300_000);
  }
});

test('sizes that differ: the low byte first counts, unless only the other can be true', async () => {
  const blocks = images[2]!.readUInt32LE(PRIMARY + 80);
  const other = await changed(images[2]!, [[PRIMARY + 87, Uint8Array.of(7)]]);
  expect(other.facts.volumeSize).toBe(blocks * 2048);
  expect(other.warnings.map(({ code }) => code)).toEqual(['sizes-differ']);
  const wrong = await changed(images[2]!, [[PRIMARY + 80, Uint8Array.of(255, 255, 255, 255)]]);
  expect(wrong.facts.volumeSize).toBe(blocks * 2048);
  const absent = await changed(images[2]!, [[PRIMARY + 80, Uint8Array.of(0, 0, 0, 0)]]);
  expect(absent.facts.volumeSize).toBe(blocks * 2048);
});

test('control characters of a label do not get out', async () => {
  const media = await changed(images[2]!, [[PRIMARY + 40, '\x1b[31mEVIL\x07']]);
  expect(media.facts.volumeId).toBe('\ufffd[31mEVIL\ufffd');
});

test('labels: bytes that are no UTF-8 are Latin-1, a NUL ends them', async () => {
  expect((await changed(images[2]!, [[PRIMARY + 40, 'Caf\xe9 FR  ']])).facts.volumeId).toBe('Café FR');
  expect((await changed(images[2]!, [[PRIMARY + 40, 'AB\0CD ']])).facts.volumeId).toBe('AB');
});

test('descriptors without an end are read with a warning, and not for ever', async () => {
  const bytes = Buffer.alloc(8 * 1024 * 1024);
  const primary = images[1]!.subarray(PRIMARY, PRIMARY + 2048);
  for (let at = PRIMARY; at + 2048 <= bytes.length; at += 2048) primary.copy(bytes, at);
  const source = memory(bytes);
  const media = await readMedia(source);
  expect(media.warnings.map(({ code }) => code)).toContain('no-terminator');
  expect(source.reads).toBeLessThan(100);
});

test('a UDF sequence that points to itself ends', async () => {
  const sector = 96;
  const bytes = Buffer.from(images[3]!);
  const pointer = Buffer.alloc(2048);
  pointer.writeUInt16LE(3, 0);
  pointer.writeUInt32LE(sector, 12);
  pointer.writeUInt32LE(0xffffffff, 20);
  pointer.writeUInt32LE(sector, 24);
  pointer[4] = pointer.subarray(0, 16).reduce((sum, byte) => (sum + byte) & 0xff, 0);
  pointer.copy(bytes, sector * 2048);
  const source = memory(bytes);
  await readMedia(source).catch((error: unknown) => expect(error).toBeInstanceOf(MediaError));
  expect(source.reads).toBeLessThan(1000);
});
