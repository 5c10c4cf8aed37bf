// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';

/** What `guestwright undeploy` is asked for. */
export interface UndeployCommandOptions {
  readonly connect?: string;
  readonly keepDisks?: boolean;
  readonly quiet?: boolean;
}

/** `guestwright undeploy NAME`: takes away what `guestwright deploy --to libvirt` brought. */
export function command(): Command {
  return new Command('undeploy')
    .description('take a machine away again that was deployed to libvirt, and its disks')
    .argument('<name>', 'name of the machine')
    .option('--connect <uri>', 'the libvirt that it is in (default: libvirt’s own choice)')
    .option('--keep-disks', 'leave the disks in their pool')
    .option('-q, --quiet', 'say nothing but errors')
    .action(async (name: string, options: UndeployCommandOptions) => {
      await (await import('../deploy/run-deploy.js')).runUndeploy(name, options);
    });
}
