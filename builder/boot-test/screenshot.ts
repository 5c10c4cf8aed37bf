// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { deflateSync } from 'node:zlib';
import { crc32 } from '../../osinfo/detect/image/partitions/crc32.js';
import { provideFolder } from '../../osinfo/doors/folders.js';
import { WorkError } from '../../osinfo/errors.js';
import type { Qmp } from '../machine/qmp.js';

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel, from the top left. */
  readonly rgb: Uint8Array;
}

/** Largest picture that is read: 8192 times 8192. */
const MOST_BYTES = 8192 * 8192 * 3 + 64;

/**
 * Writes what is on a guest's screen as a PNG. QEMU before 7.1, or built without libpng, writes only PPM: so that is what
 * it is asked for.
 * @throws WorkError when QEMU has no screen to show, or the file cannot be written
 */
export async function takeScreenshot(qmp: Qmp, file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-screen-'));
  try {
    const dump = join(folder, 'screen.ppm');
    await qmp.execute('screendump', { filename: dump });
    if (statSync(dump).size > MOST_BYTES) throw new WorkError('screenshot', 'the screen is too large for a picture');
    writeBeside(resolve(file), writePng(parsePpm(readFileSync(dump))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeBeside(file: string, bytes: Uint8Array): void {
  provideFolder(dirname(file));
  const part = `${file}.part`;
  try {
    writeFileSync(part, bytes);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw new WorkError('screenshot', `${file}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * A binary PPM of 8 bits a colour, as QEMU writes it.
 * @throws WorkError for anything else
 * @see https://netpbm.sourceforge.net/doc/ppm.html
 */
export function parsePpm(bytes: Uint8Array): Picture {
  const head = /^P6\s+(\d{1,5})\s+(\d{1,5})\s+255\s/.exec(Buffer.from(bytes.subarray(0, 64)).toString('latin1'));
  const [width, height] = [Number(head?.[1] ?? 0), Number(head?.[2] ?? 0)];
  const start = head?.[0].length ?? 0;
  if (width === 0 || height === 0 || bytes.length < start + width * height * 3)
    throw new WorkError('screenshot', 'QEMU wrote no picture that can be read');
  return { width, height, rgb: bytes.subarray(start, start + width * height * 3) };
}

/**
 * A PNG: true colour, 8 bits, no filter.
 * @see https://www.w3.org/TR/png-3/
 */
export function writePng({ width, height, rgb }: Picture): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = width * 3;
  const lines = Buffer.alloc((row + 1) * height);
  for (let line = 0; line < height; line += 1)
    lines.set(rgb.subarray(line * row, (line + 1) * row), line * (row + 1) + 1);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
