// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, flag, int, list, none, refuse, stickyFlag, text } from './spec.js';

const NEEDS_HARDWARE = 'attaches storage of the target machine, which a disk image does not have: remove it';

/** Disks that are reached over a network or a channel, and old ways to group them. */
export const networkStorageCommands: readonly CommandSpec[] = [
  {
    name: 'iscsi',
    list: true,
    options: [
      text('target'),
      text('ipaddr', { required: 'always' }),
      text('iface', { since: 'F17 RHEL6' }),
      int('port'),
      text('user'),
      text('password'),
      text('reverse-user', { since: 'F10 RHEL6' }),
      text('reverse-password', { since: 'F10 RHEL6' }),
    ],
    order: 'target ipaddr iface port user password reverse-user reverse-password',
    effect: refuse(NEEDS_HARDWARE),
  },
  { name: 'iscsiname', args: { min: 1, max: 1, name: 'name' }, options: [], effect: refuse(NEEDS_HARDWARE) },
  {
    name: 'fcoe',
    list: true,
    since: 'F12 RHEL6',
    options: [
      text('nic', { required: 'always' }),
      flag('dcb', { since: 'F13 RHEL6' }),
      flag('autovlan', { since: 'F28 RHEL7' }),
    ],
    effect: refuse(NEEDS_HARDWARE),
  },
  {
    name: 'zfcp',
    list: true,
    options: [
      text('devnum', { required: 'always' }),
      text('wwpn', { required: 'always' }),
      text('fcplun', { required: 'always' }),
      text('scsiid', { until: 'F11 RHEL6', deprecated: 'RHEL6' }),
      text('scsilun', { until: 'F11 RHEL6', deprecated: 'RHEL6' }),
    ],
    effect: refuse(NEEDS_HARDWARE),
  },
  {
    name: 'nvdimm',
    list: true,
    since: 'F28 RHEL7',
    until: 'F44 RHEL9',
    deprecated: 'F40',
    args: { min: 1, max: 1, name: 'action (reconfigure or use)' },
    options: [text('namespace'), list('blockdevs'), text('mode', { choices: ['sector'] }), int('sectorsize')],
    order: '<args> namespace blockdevs mode sectorsize',
    check(line) {
      const action = line.args[0];
      if (action !== 'reconfigure' && action !== 'use') {
        line.fail('bad-value', `nvdimm is followed by reconfigure or use, not ${JSON.stringify(action)}`);
      } else if (
        line.has('namespace') === line.has('blockdevs') ||
        (action === 'reconfigure' && line.has('blockdevs'))
      ) {
        line.fail(
          'option-conflict',
          action === 'use'
            ? 'nvdimm use needs one of --namespace and --blockdevs'
            : 'nvdimm reconfigure needs --namespace and no --blockdevs',
        );
      } else if (action === 'reconfigure' && !line.has('sectorsize')) {
        line.fail('missing-option', 'nvdimm reconfigure needs --sectorsize');
      }
    },
    effect: refuse(NEEDS_HARDWARE),
  },
  {
    name: 'dmraid',
    list: true,
    since: 'F6 RHEL5',
    until: 'F33 RHEL8',
    deprecated: 'F24 RHEL8',
    options: [
      text('name', { required: 'always', convert: (value) => value.slice(value.lastIndexOf('/') + 1) }),
      list('dev', { required: 'always', quoted: true }),
    ],
    effect: none('firmware RAID belongs to the target machine'),
  },
  {
    name: 'multipath',
    list: true,
    since: 'F6 RHEL5',
    until: 'F33 RHEL8',
    deprecated: 'F24 RHEL8',
    options: [
      text('name', { required: 'always' }),
      text('device', { required: 'always' }),
      text('rule', { required: 'always' }),
    ],
    effect: none('several paths to one disk belong to the target machine'),
  },
  {
    name: 'zipl',
    since: 'F32 RHEL8',
    options: [stickyFlag('secure-boot'), stickyFlag('no-secure-boot'), stickyFlag('force-secure-boot')],
    check(line) {
      if (line.has('secure-boot') && line.has('no-secure-boot'))
        line.fail('option-conflict', 'give only one of --secure-boot and --no-secure-boot', 'no-secure-boot');
    },
    effect: none('sets up the boot loader of IBM Z only'),
  },
];
