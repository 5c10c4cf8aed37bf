// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../osinfo/package-root.js';

const CREATOR = 'tools/appliance-creator.test.ts';
const DESCRIBE = 'builder/output/describe.test.ts';
const PACKAGE = 'tools/build/package.test.ts';
const STORAGE = 'builder/plan/storage.test.ts';
const LAYERS = 'builder/plan/storage/layers.test.ts';
const REFUSALS = 'builder/plan/storage/refusals.test.ts';
const EFFECTS = 'builder/kickstart/effects.test.ts';
const BUILD = 'e2e/build.test.ts';
const IMAGE = 'images/appliance-creator.image.ts';

/**
 * What was found out about appliance-tools' appliance-creator, a line each, and the tests that hold ours to it: the file
 * below test/ and words of the test's name. Numbers are those of the quirks that are done better.
 */
const FACTS: readonly (readonly [fact: string, ...tests: (readonly [file: string, name: string])[]])[] = [
  ['option names and defaults', [CREATOR, 'have the original’s names, short ones too, and defaults']],
  ['-c: a path or an address', [CREATOR, 'may be an address']],
  ['-n: default name', [CREATOR, 'without -n it is the kickstart’s name and the minute']],
  ['--version, --release: the descriptor’s', [DESCRIBE, 'has version and release only where they were given']],
  ['--vmem, --vcpu: in KiB, and processors', [DESCRIBE, 'has what the original’s has, in its order']],
  ['--version is not the program’s', [CREATOR, '--version is the appliance’s and prints nothing']],
  ['long options by their beginning', [CREATOR, 'a long option by its beginning, as optparse takes it']],
  ['positional words are passed over', [CREATOR, 'words without an option are passed over']],
  ['exit 2: no kickstart', [CREATOR, 'no kickstart']],
  ['exit 2: included file', [CREATOR, 'an included file that is not there']],
  ['exit 2: packaging', [CREATOR, 'a packaging or format that is none']],
  ['exit 1: kickstart that cannot be read', [CREATOR, 'that is no file ends with 1']],
  ['exit 1: kickstart with a line', [CREATOR, 'a kickstart that cannot be read as one ends with 1 and its line']],
  ['exit 1: build', [CREATOR, 'that cannot be built ends with 1, in one line']],
  ['exit 0: Finished', [IMAGE, 'is made by appliance-creator, with its names and its packaging']],
  [
    '%post after the boot loader',
    [BUILD, 'with only %post changed does not install again, and the change is in the image'],
  ],
  ['disks: names of ondisk, else sda', [STORAGE, 'makes a disk as large as what lies on it']],
  ['files: raw packed with xz by default', [IMAGE, 'is made by appliance-creator, with its names and its packaging']],
  ['files: N-D.F in the format’s word', ['builder/stages/convert/formats.test.ts', 'appliance-creator']],
  ['packages: members N/…', [PACKAGE, 'with all its members below its name']],
  ['packages: no loose files', [PACKAGE, 'nothing where it cannot be'], [IMAGE, 'is made by appliance-creator']],
  ['descriptor: nodes in order', [DESCRIBE, 'has what the original’s has, in its order']],
  ['descriptor: shape', ['builder/virt-image/cases.test.ts', 'appliance-creator-shape.xml']],
  ['descriptor: always there, with F', [DESCRIBE, 'named as appliance-creator names it, is there with file and word']],
  ['descriptor: interfaces', [DESCRIBE, 'has a card for each wired connection']],
  ['descriptor: two digests', [DESCRIBE, 'has digests of the files as they are stored']],
  [
    '1 sizes are MiB',
    [STORAGE, 'lays partitions on whole MiB'],
    [BUILD, 'has disks of the sizes that the kickstart adds up to'],
  ],
  ['2 more than four partitions on an MBR', [LAYERS, 'holds more in an extended partition']],
  ['3 errors of partitions are errors', [REFUSALS, 'more partitions than a table takes']],
  ['4 unknown file systems', [REFUSALS, 'an unknown file system']],
  ['5 biosboot: no mount point', [LAYERS, 'has no use for a BIOS boot partition'], [STORAGE, 'writes fstab by UUID']],
  ['6 the boot loader’s disk', [STORAGE, 'takes the disk of /boot as the one to start from']],
  ['7 the last of two mount points', [STORAGE, 'lets the last of two lines with one mount point win']],
  ['8 no loop device', ['e2e/unprivileged.test.ts', 'where there is no root, loop device, device-mapper']],
  ['9 free blocks are not written', [BUILD, 'writes an empty 1 GiB data disk small']],
  [
    '10 --append and --timeout',
    [BUILD, 'starts from BIOS and from UEFI by itself'],
    ['builder/plan/architectures.test.ts', 'console='],
  ],
  ['11 a missing boot loader', ['builder/plan/architectures.test.ts', 'grub2-common']],
  [
    '12 what has no effect is told or refused',
    [EFFECTS, 'says in one line what is wrong and what to do'],
    [EFFECTS, 'takes %pre as done'],
  ],
  ['13 modes of what is packed', [PACKAGE, 'tar with owners 0 and plain modes']],
  ['14 signatures are checked', ['builder/rpm/signed.test.ts', 'are refused in one line']],
  ['15 other architectures', ['builder/plan/architectures.test.ts', 'is this machine’s where none is asked for']],
  [
    '16 formats without compression',
    ['builder/stages/convert/formats.test.ts', 'is written plain where compression is off'],
  ],
  ['17 digests', [DESCRIBE, 'of a packed disk names the real file with its digests']],
  ['18 the packed file', [DESCRIBE, 'of a packed disk names the real file with its digests']],
  ['19 escaped XML', ['builder/virt-image/write.test.ts', 'file names are escaped, not changed']],
  ['20 zip and zip.64', [PACKAGE, 'zip without the fields of zip64, zip.64 with them']],
  ['21 hidden files', [PACKAGE, 'with hidden ones'], [PACKAGE, 'refuses %s before anything is built']],
  ['21 OUTDIR is made', [IMAGE, 'is made by appliance-creator']],
  ['22 -f first', [CREATOR, '-f and -p are checked before anything else']],
  ['23 the same bytes', [DESCRIBE, 'is the same bytes for the same build'], [PACKAGE, 'of the same bytes each time']],
  ['23 a manifest', [DESCRIBE, 'is descriptors, manifest, package list']],
];

describe('what is known of appliance-creator', () => {
  it.each(FACTS.map(([fact, ...tests]) => ({ fact, tests })))('$fact: is tested', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const [file, name] of tests) expect(readFileSync(join(packageRoot(), 'test', file), 'utf8')).toContain(name);
  });
});
