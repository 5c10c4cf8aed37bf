// SPDX-License-Identifier: Apache-2.0
import { type Bytes, unsupported } from '../bytes.js';
import type { FileSystem } from './types.js';

export function isNtfs(bytes: Bytes): boolean {
  return bytes.length >= 512 && bytes.read(3, 8).toString('latin1') === 'NTFS    ';
}

export function openNtfs(_bytes: Bytes): FileSystem {
  throw unsupported('files of this file system are not read here');
}
