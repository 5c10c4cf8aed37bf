// SPDX-License-Identifier: Apache-2.0
import { HttpError, originalHttpWords } from '../../doors/http-error.js';
import { InputError } from '../../errors.js';
import { oneLine, SourceError } from '../source/errors.js';

/**
 * Why no labels were had. `short`: it ends before the first descriptor; `cut`: it ends inside the descriptors;
 * `other`: it is something else, or nothing that is known; `blank`: all its labels are blank; `damaged`: descriptors
 * are there, and lead nowhere.
 */
export type MediaFault = 'short' | 'primary-cut' | 'supplementary-cut' | 'other' | 'blank' | 'damaged';

const ORIGINAL: Readonly<Record<MediaFault, string>> = {
  short: 'No volume descriptors',
  'primary-cut': 'Primary volume descriptor was truncated',
  'supplementary-cut': 'Supplementary volume descriptor was truncated',
  other: 'Insufficient metadata on installation media',
  blank: 'Insufficient metadata on installation media',
  damaged: 'Insufficient metadata on installation media',
};

/** What was given is no installation media that can be read. */
export class MediaError extends InputError {
  readonly fault: MediaFault;
  /** What it looks like instead, where that is known: `a qcow2 disk image`. */
  readonly looksLike?: string;
  constructor(fault: MediaFault, message: string, looksLike?: string) {
    super(`media-${fault}`, oneLine(message));
    this.fault = fault;
    if (looksLike !== undefined) this.looksLike = looksLike;
  }
}

/**
 * The words of libosinfo's osinfo-detect for an error of `openSource` or `readMedia`, which follow its
 * `Error parsing media: `; undefined for an error of another kind.
 */
export function originalMediaWords(error: unknown): string | undefined {
  if (error instanceof MediaError) return ORIGINAL[error.fault];
  if (error instanceof SourceError) return `Failed to open file: ${error.original}`;
  if (error instanceof HttpError) return `Failed to open file: ${originalHttpWords(error)}`;
  return undefined;
}
