// SPDX-License-Identifier: Apache-2.0
import { parseTreeinfo } from '../../osinfo/detect/tree/treeinfo.js';
import type { MediaFacts, TreeFacts } from '../../osinfo/detect/types.js';
import { InputError, type Place } from '../../osinfo/errors.js';

/** One line of `--facts`: labels of an image, or the treeinfo of a tree. */
export type FactsLine =
  | { readonly kind: 'media'; readonly facts: MediaFacts }
  | { readonly kind: 'tree'; readonly facts: TreeFacts };

const labels = [
  ['volume_id', 'volumeId'],
  ['system_id', 'systemId'],
  ['publisher_id', 'publisherId'],
  ['application_id', 'applicationId'],
] as const;

/**
 * Reads a line. Members that are null, blank or of other names count as absent.
 * @throws InputError with file and line for what is no JSON object, or has a member of the wrong kind
 */
export function parseFactsLine(line: string, at: Place): FactsLine {
  const value = parseJson(line, at);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError('facts', 'is no JSON object; a line is like {"volume_id": "…", "volume_size": 1}', at);
  }
  const members = value as Readonly<Record<string, unknown>>;
  const arch = text(members, 'arch', at);
  const treeinfo = text(members, 'treeinfo', at);
  if (treeinfo !== undefined) {
    const facts = parseTreeinfo(treeinfo, `${at.file}:${at.line}: treeinfo`);
    return { kind: 'tree', facts: facts.arch === undefined && arch !== undefined ? { ...facts, arch } : facts };
  }
  const facts: Record<string, string | number> = {};
  for (const [member, fact] of labels) {
    const label = text(members, member, at);
    if (label !== undefined) facts[fact] = label;
  }
  const size = volumeSize(members['volume_size'], at);
  if (size !== undefined) facts['volumeSize'] = size;
  if (arch !== undefined) facts['arch'] = arch;
  return { kind: 'media', facts };
}

function parseJson(line: string, at: Place): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new InputError('facts', 'is no JSON; every line has to be one JSON object', at);
  }
}

/** Trailing blanks are none of a label: the fields of an image are filled up with them. */
function text(members: Readonly<Record<string, unknown>>, name: string, at: Place): string | undefined {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new InputError('facts', `"${name}" has to be a string or null`, at);
  return value.trim() === '' ? undefined : value.trimEnd();
}

function volumeSize(value: unknown, at: Place): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const bytes = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) {
    throw new InputError('facts', '"volume_size" has to be a whole number of bytes, or null', at);
  }
  // No image has no bytes: an inventory writes 0 for a size that it does not know.
  return bytes === 0 ? undefined : bytes;
}
