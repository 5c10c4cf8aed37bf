// SPDX-License-Identifier: Apache-2.0
import type { MediaWarning, VolumeLabels } from './types.js';

const FIELDS = ['volumeId', 'systemId', 'publisherId', 'applicationId'] as const;

/**
 * One set of labels of the several of an image: the primary's, and in the place of a blank or cut one that of the
 * enhanced or Joliet descriptor, at last the name of UDF.
 */
export function mergeLabels(
  primary: VolumeLabels | undefined,
  joliet: VolumeLabels | undefined,
  enhanced: VolumeLabels | undefined,
  udf: VolumeLabels | undefined,
  warn: (code: MediaWarning['code'], message: string) => void,
): VolumeLabels {
  const merged: { -readonly [Key in keyof VolumeLabels]: VolumeLabels[Key] } = {};
  for (const field of FIELDS) {
    const own = primary?.[field];
    const better = [enhanced?.[field], joliet?.[field]].find((other) => other !== undefined && saysMore(other, own));
    const value = better ?? own ?? udf?.[field];
    if (value === undefined) continue;
    merged[field] = value;
    if (field !== 'volumeId' || value === own) continue;
    if (better !== undefined)
      warn('label-from-joliet', 'the name is that of a later descriptor, as the first one is blank or cut');
    else if (primary) warn('label-from-udf', 'the name is that of UDF, as the one of ISO 9660 is blank');
  }
  return merged;
}

/** Whether `own` is nothing, has no letter or digit to read, or is only the beginning of `other`. */
function saysMore(other: string, own: string | undefined): boolean {
  if (own === undefined || !/[A-Za-z0-9]/.test(own)) return /[\p{L}\p{N}]/u.test(other) || own === undefined;
  return other.length > own.length && folded(other).startsWith(folded(own));
}

/** As the makers of images write a name in the few characters that a primary descriptor may have. */
function folded(label: string): string {
  return label.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}
