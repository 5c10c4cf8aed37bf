// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';

/** Debian's python: it has the bindings (packages python3-gi, gir1.2-libosinfo-1.0). */
export const python = '/usr/bin/python3';

/** Whether C libosinfo can be asked from there. */
export const hasLibrary = answers();

function answers(): boolean {
  try {
    execFileSync(python, ['-c', 'import gi; gi.require_version("Libosinfo", "1.0")'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
