// SPDX-License-Identifier: Apache-2.0

/** A shell script of commands that run in their own folder and end at the first that fails. */
export function commandFile(commands: string): string {
  return `#!/bin/sh\nset -eu\ncd "$(dirname "$0")"\n\n${commands.endsWith('\n') ? commands : `${commands}\n`}`;
}
