// SPDX-License-Identifier: Apache-2.0
import type { StageContext } from '../run/context.js';
import { writeTreeFile } from './files.js';

/** hosts(5) as each family's own installer leaves it; `names` are those of the machine itself. */
const HOSTS = {
  deb: (names: string) =>
    `127.0.0.1\tlocalhost\n127.0.1.1\t${names}\n\n::1\tlocalhost ip6-localhost ip6-loopback\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n`,
  rpm: (names: string) =>
    `127.0.0.1   localhost localhost.localdomain localhost4 localhost4.localdomain4\n::1         localhost localhost.localdomain localhost6 localhost6.localdomain6\n127.0.1.1   ${names}\n`,
} as const;

/** The system's name, for itself and for programs that look it up without a network. */
export function writeNames({ tree, plan }: StageContext): void {
  const { hostname } = plan.system;
  const short = hostname.split('.')[0]!;
  writeTreeFile(tree, 'etc/hostname', `${hostname}\n`);
  writeTreeFile(tree, 'etc/hosts', HOSTS[plan.os.family](short === hostname ? short : `${hostname} ${short}`));
}
