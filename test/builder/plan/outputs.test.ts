// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { checkOutputs } from '../../../builder/plan/output-checks.js';
import { IMAGE_FORMATS, imageFiles, imagesOfSpace, machineFormat, OUTPUTS } from '../../../builder/plan/outputs.js';
import { parseFormats } from '../../../tools/commands/build.js';

const GIB = 1024 ** 3;

describe('the words of -f', () => {
  test('a list of them is taken, each once', () => {
    expect(parseFormats('qcow2, vmdk,qcow2')).toEqual(['qcow2', 'vmdk']);
    expect(parseFormats(IMAGE_FORMATS.join(','))).toEqual(IMAGE_FORMATS);
  });

  test.for(['vhd', '', 'QCOW2', 'toString', 'qcow2,,raw', 'raw.gz'])(
    '%j is refused with all that there are',
    (word) => {
      expect(() => parseFormats(word)).toThrow(`the formats are ${IMAGE_FORMATS.join(', ')}.`);
    },
  );

  test('no two formats of a disk have one name, whichever of them are asked for', () => {
    const disks = [{ name: 'sda' }, { name: 'sdb' }];
    for (const names of [{}, { namedByFormat: true as const }]) {
      const files = imageFiles('web', disks, { formats: IMAGE_FORMATS, ...names });
      expect(new Set(files).size).toBe(files.length);
    }
  });

  test('a machine is started from what it can write to, and from what has to be unpacked only where there is nothing else', () => {
    expect(machineFormat(['tar', 'raw.xz', 'vmdk', 'raw', 'qcow2'])).toBe('qcow2');
    expect(machineFormat(['raw.xz', 'vmdk'])).toBe('vmdk');
    expect(machineFormat(['raw.zst', 'kernel'])).toBe('raw.zst');
    expect(machineFormat(['tar', 'kernel', 'ova'])).toBeUndefined();
    const disks = IMAGE_FORMATS.filter((format) => OUTPUTS[format].kind === 'disk');
    for (const format of disks) expect(machineFormat([format])).toBe(format);
  });
});

test('space is counted for what each format takes', () => {
  expect(imagesOfSpace({ formats: ['qcow2'], compress: true })).toBe(1);
  expect(imagesOfSpace({ formats: ['qcow2', 'raw.xz'], compress: false })).toBe(3);
  expect(imagesOfSpace({ formats: ['raw', 'vpc', 'vmdk', 'tar'], compress: true })).toBe(5);
  expect(imagesOfSpace({ formats: ['ova', 'kernel'], compress: true })).toBe(2);
});

describe('what cannot be written is said before anything is done', () => {
  test('a disk that is larger than any VHD', () => {
    const disks = [
      { name: 'sda', sizeBytes: GIB },
      { name: 'sdb', sizeBytes: 2041 * GIB },
    ] as const;
    expect(() => checkOutputs(['vpc'], disks, true)).toThrow(
      '-f vpc: sdb has 2041 GiB, and a VHD holds 2040 at most; take vhdx',
    );
    checkOutputs(['vhdx', 'vmdk'], disks, true);
    checkOutputs(['vpc'], [{ name: 'sda', sizeBytes: 2040 * GIB }], true);
  });

  test('a kernel of a system that has none', () => {
    expect(() => checkOutputs(['qcow2', 'kernel'], [], false)).toThrow(/^-f kernel: .* remove --disabled/);
    checkOutputs(['qcow2'], [], false);
  });
});
