// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../errors.js';

/**
 * Why a location cannot be read. `scheme`: an address of a kind that is not served; `special`: a pipe, socket or
 * character device, which has no places to read at; `reach`: it can be read, but not as far as was asked.
 */
export type SourceFault = 'missing' | 'directory' | 'denied' | 'special' | 'scheme' | 'reach' | 'unreadable';

export class SourceError extends InputError {
  readonly fault: SourceFault;
  /** What libosinfo's osinfo-detect says after `Failed to open file: `. */
  readonly original: string;
  constructor(fault: SourceFault, message: string, original: string, options?: { cause?: unknown }) {
    super(`source-${fault}`, oneLine(message), undefined, options);
    this.fault = fault;
    this.original = original;
  }
}

/** A message with a name in it, which may have line breaks and worse. */
export function oneLine(message: string): string {
  return message.replace(/\p{Cc}/gu, '\ufffd');
}
