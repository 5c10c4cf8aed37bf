// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import { hexDigits } from '../virt-image/digests.js';

/** Digests of the files of an OVF package, by name and then by type. */
export type OvfManifest = ReadonlyMap<string, Readonly<Record<string, string>>>;

const LINE = /^(SHA1|SHA256|SHA384|SHA512) ?\((.{1,255})\) ?= ?([0-9A-Fa-f]{1,128})$/;

/**
 * Reads the manifest (`.mf`) of an OVF package: `SHA256(name)= digits`, a line a file.
 * @throws InputError with file:line for a line that is none
 */
export function readManifest(text: string, file: string): OvfManifest {
  const digests = new Map<string, Readonly<Record<string, string>>>();
  text.split(/\r?\n/).forEach((whole, index) => {
    const content = whole.trim();
    if (content === '') return;
    const match = LINE.exec(content);
    const type = match?.[1]?.toLowerCase() ?? '';
    if (!match || (hexDigits[type] !== undefined && match[3]!.length !== hexDigits[type]))
      throw new InputError('convert-manifest', 'this is no line of a manifest, which is: SHA256(name)= digits', {
        file,
        line: index + 1,
      });
    digests.set(match[2]!, { ...digests.get(match[2]!), [type]: match[3]!.toLowerCase() });
  });
  return digests;
}
