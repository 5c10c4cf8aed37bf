// SPDX-License-Identifier: Apache-2.0
import { diskName, FILES } from './job-folder.js';
import type { HelperJob } from './types.js';

/** Debian's user-mode-linux. */
export const UML_PROGRAM = 'linux.uml';

/**
 * User Mode Linux, in the folder of the job: this machine's own programs as a root that is not written to, the disks as
 * `/dev/ubda` … It runs as the caller, by ptrace; it needs no KVM and no right over this machine.
 */
export function umlCommand(job: HelperJob): string[] {
  return [
    UML_PROGRAM,
    `mem=${job.memoryMiB ?? 512}M`,
    'uml_dir=./',
    'umid=machine',
    'root=/dev/root',
    'rootfstype=hostfs',
    'rootflags=/',
    'ro',
    'quiet',
    'con=null',
    'con0=null,fd:1',
    `ubd0r=${FILES.start}`,
    `ubd1r=${FILES.job}`,
    `ubd2=${FILES.report}`,
    ...job.disks.map((disk, index) => `ubd${index + 3}${disk.readOnly ? 'r' : ''}=${diskName(index)}`),
    // An ordinary user's name space shows this machine's root as nobody: a set-user-id mount(8) would end as nobody.
    'init=/usr/bin/setpriv',
    '--',
    '--no-new-privs',
    '/bin/sh',
    '/dev/ubda',
  ];
}
