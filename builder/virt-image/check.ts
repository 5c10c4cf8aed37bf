// SPDX-License-Identifier: Apache-2.0
import type { XmlElement } from '../../osinfo/xml/read.js';
import { hexDigits } from './digests.js';
import type { DescriptorWarning, ReadBoot, ReadVirtImage } from './model.js';

/** Less than this is a number of MiB where KiB belong: lorax writes its `--ram` so. */
const leastMemoryKiB = 16_384;
const uses = ['system', 'user', 'scratch'];

/** What loads, and will likely not do what its writer meant. */
export function findWarnings(
  image: Omit<ReadVirtImage, 'warnings'>,
  root: XmlElement,
  memoryLine: number,
): DescriptorWarning[] {
  const warnings: DescriptorWarning[] = [];
  const warn = (code: string, line: number, message: string) => warnings.push({ code, line, message });
  if (image.boots.length === 0) warn('no-boot', root.at.line, 'there is no way to boot in it');
  if (image.memoryKiB === undefined) warn('no-memory', memoryLine, 'it does not say how much memory the machine needs');
  else if (image.memoryKiB < leastMemoryKiB) {
    const likely = image.memoryKiB > 0 ? `; ${image.memoryKiB} MiB may be meant` : '';
    warn(
      'small-memory',
      memoryLine,
      `the memory is ${image.memoryKiB} KiB, which is less than any system runs in${likely}`,
    );
  }
  for (const disk of image.disks) {
    if (disk.file.startsWith('/') || disk.file.split('/').includes('..')) {
      warn('outside-path', disk.line, `the disk file ${disk.file} is not beside the descriptor`);
    }
    if (!uses.includes(disk.use))
      warn('unknown-use', disk.line, `the use ${disk.use} is not known, and is taken for scratch`);
    for (const [type, digest] of Object.entries(disk.checksums)) {
      const digits = hexDigits[type];
      if (digits === undefined) warn('unknown-checksum', disk.line, `checksums of type '${type}' are not verified`);
      else if (!new RegExp(`^[0-9a-f]{${digits}}$`).test(digest)) {
        warn('odd-checksum', disk.line, `the ${type} checksum of ${disk.file} is not ${digits} lower-case hex digits`);
      }
    }
  }
  for (const boot of image.boots) warnings.push(...bootWarnings(boot));
  return warnings;
}

function bootWarnings(boot: ReadBoot): DescriptorWarning[] {
  const warnings: DescriptorWarning[] = [];
  const seen = new Set<string>();
  for (const { target, line } of boot.drives) {
    if (target === undefined) continue;
    if (seen.has(target))
      warnings.push({ code: 'same-target', line, message: `the target ${target} is taken by an earlier drive` });
    seen.add(target);
  }
  if (new Set(boot.features.map((feature) => feature.state)).size > 1) {
    warnings.push({
      code: 'mixed-features',
      line: boot.line,
      message: 'the features are not all in the same state, and old readers take the state of the last for all',
    });
  }
  return warnings;
}
