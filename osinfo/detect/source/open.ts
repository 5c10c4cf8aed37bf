// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { SourceError } from './errors.js';
import { openFileSource } from './file.js';
import type { ByteSource, SourceOptions } from './types.js';

/**
 * Opens what a location names: a path, a `file:` address, or an http or https address. Close it after use.
 * @throws SourceError for what cannot be read at places (a directory has the fault `directory`)
 * @throws HttpError for an address that gives nothing
 */
export async function openSource(location: string, options: SourceOptions = {}): Promise<ByteSource> {
  const scheme = /^([a-z][a-z0-9+.-]{1,30}):\/\//i.exec(location)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return await openFileSource(location);
    case 'file':
      return await openFileSource(pathOf(location), location);
    case 'http':
    case 'https': {
      if (!URL.canParse(location)) throw unusable(location, 'is not a valid address');
      const { openHttpSource } = await import('./http.js');
      return await openHttpSource(location, options);
    }
    default:
      throw unusable(location, `${scheme}: addresses are not read; give a path, or a file:, http: or https: address`);
  }
}

function pathOf(address: string): string {
  try {
    return fileURLToPath(address);
  } catch (error) {
    throw unusable(address, `is not the address of a file of this machine (${(error as Error).message})`);
  }
}

function unusable(location: string, what: string): SourceError {
  return new SourceError('scheme', `${location.slice(0, 300)}: ${what}`, 'Operation not supported');
}
