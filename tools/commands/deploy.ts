// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from 'commander';
import { parseCount } from '../options/values.js';

const TARGETS = ['libvirt', 'openstack', 'kubevirt', 'proxmox', 'vmware', 'virtualbox', 'dir'] as const;

/** What `guestwright deploy` is asked for. */
export interface DeployCommandOptions {
  readonly to: (typeof TARGETS)[number];
  readonly name?: string;
  readonly connect?: string;
  readonly pool: string;
  readonly network?: string;
  readonly memory?: number;
  readonly vcpus?: number;
  readonly replace?: boolean;
  readonly start: boolean;
  readonly output?: string;
  readonly db?: string;
  readonly quiet?: boolean;
}

/** `guestwright deploy APPLIANCE --to TARGET`: to a libvirt for real, elsewhere by files and commands. */
export function command(): Command {
  return new Command('deploy')
    .description('bring an appliance to where it is to run')
    .argument('<appliance>', 'its folder, or NAME.xml (virt-image)')
    .addOption(new Option('--to <target>', 'where to').choices(TARGETS).makeOptionMandatory())
    .option('-n, --name <name>', 'name of the machine (default: the appliance’s)')
    .option('--connect <uri>', 'libvirt: which one, here or elsewhere (default: libvirt’s own choice)')
    .option('--pool <name>', 'libvirt: the storage pool that the disks are uploaded to', 'default')
    .option('--network <network>', 'libvirt: network=NAME, bridge=NAME or user')
    .option('--memory <MiB>', 'libvirt: memory of the machine (default: as recommended)', parseCount)
    .option('--vcpus <n>', 'libvirt: processors of the machine (default: as recommended)', parseCount)
    .option('--replace', 'libvirt: in place of a machine of the same name, and of the disks that were deployed with it')
    .option('--no-start', 'libvirt: define it, and do not start it')
    .option('-o, --output <folder>', 'elsewhere: the folder to write (default: NAME-TARGET)')
    .option('--db <where>', 'another database: bundled, system, or a folder')
    .option('-q, --quiet', 'say nothing but errors')
    .action(async (appliance: string, options: DeployCommandOptions) => {
      await (await import('../deploy/run-deploy.js')).runDeploy(appliance, options);
    });
}
