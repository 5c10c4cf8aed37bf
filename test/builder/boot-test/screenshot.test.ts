// SPDX-License-Identifier: Apache-2.0
import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { parsePpm, writePng } from '../../../builder/boot-test/screenshot.js';

const ppm = (head: string, bytes: number[]): Uint8Array => Buffer.concat([Buffer.from(head), Buffer.from(bytes)]);

it('a picture becomes a PNG with each pixel in its place', () => {
  const rgb = [255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const png = Buffer.from(writePng(parsePpm(ppm('P6\n3 2\n255\n', rgb))));
  expect(png.subarray(0, 16).toString('hex')).toBe('89504e470d0a1a0a0000000d49484452');
  expect([png.readUInt32BE(16), png.readUInt32BE(20), ...png.subarray(24, 29)]).toEqual([3, 2, 8, 2, 0, 0, 0]);
  // As Python's zlib has it of these bytes.
  expect(png.readUInt32BE(29)).toBe(0x1216f14d);
  const length = png.readUInt32BE(33);
  expect(png.toString('latin1', 37, 41)).toBe('IDAT');
  expect([...inflateSync(png.subarray(41, 41 + length))]).toEqual([0, ...rgb.slice(0, 9), 0, ...rgb.slice(9)]);
  expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
});

it.each([
  ['P5\n1 1\n255\n', [0, 0, 0]],
  ['P6\n0 1\n255\n', []],
  ['P6\n2 2\n255\n', [1, 2, 3]],
  ['P6\n99999 99999\n255\n', [1]],
  ['P6\n1 1\n65535\n', [0, 0, 0, 0, 0, 0]],
  ['', []],
])('%j is no picture', (head, bytes) => {
  expect(() => parsePpm(ppm(head, bytes))).toThrow('QEMU wrote no picture that can be read');
});
