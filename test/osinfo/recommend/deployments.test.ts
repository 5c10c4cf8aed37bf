// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { openDb } from '../../../osinfo/open.js';
import { deploymentFor } from '../../../osinfo/recommend/deployment.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import { DB } from '../../db/places.js';

const db = openDb({ db: DB, env: {}, index: false });

/** What is recommended with the rules of the two together. */
function ask(os: string, platform: string) {
  const [system, place] = [db.os(os), db.platform(platform)];
  const deployment = deploymentFor(db, system, place);
  return recommend({ os: system, platform: place, ...(deployment && { deployment }) });
}

/** Where something else is recommended, and why. */
const others: readonly (readonly [deployment: RegExp, because: string])[] = [
  [
    /kubevirt\/(centos|rhel)6\.10: (disk|card)/,
    'transitional virtio behind a PCI Express port is a switch of KubeVirt alone',
  ],
  [/qemu\/(win2k8|winvista): disk/, 'the machine is Q35, which has no IDE, and both drive its AHCI'],
  [/virtualbox\/winxp: disk .*7010/, 'the controller of the other chipset, which the same driver drives'],
  [/xen\/win11: .* requires a TPM/, 'a contradiction, which is told with its ways out'],
];

describe('what an OS and a platform want together', () => {
  it('is what is recommended: machine, disk and card of every deployment', () => {
    const missed: string[] = [];
    for (const deployment of db.deployments()) {
      const [os, platform] = [db.findOs(deployment.os!)!, db.findPlatform(deployment.platform!)!];
      const named = new Set(deployment.deviceLinks.map(({ target }) => target));
      const classes = new Set(deployment.deviceLinks.map(({ device }) => device.class));
      try {
        const { disk, nic, machine } = recommend({ os, platform, deployment });
        if (classes.has('block') && !named.has(disk.device)) missed.push(`${deployment.id}: disk ${disk.device}`);
        if (classes.has('net') && !named.has(nic.device)) missed.push(`${deployment.id}: card ${nic.device}`);
        const machines = deployment.facts.filter(({ name }) => name === 'machine');
        if (machines.length > 0 && !machines.some(({ attributes }) => attributes['family'] === machine.family))
          missed.push(`${deployment.id}: machine ${machine.family}`);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        missed.push(`${deployment.id}: ${error.message}`);
      }
    }
    expect(missed.filter((one) => !others.some(([known]) => known.test(one)))).toEqual([]);
    for (const [known] of others)
      expect(
        missed.some((one) => known.test(one)),
        String(known),
      ).toBe(true);
  });

  it('is told among the reasons, with its place', () => {
    const { machine, why } = ask('openbsd7.9', 'hyperv');
    expect(machine.family).toBe('gen1');
    const reason = why.find(({ decision }) => decision === 'machine')!;
    expect(reason.rule).toBe('machine.deployment');
    expect(reason.facts[0]!.at).toMatch(/db\/deployment\/.*openbsd7\.9.*\.xml:\d+$/);
  });

  it('holds for other releases of the platform, too, and for no other OS', () => {
    expect(ask('openbsd7.9', 'hyperv-2019').machine.family).toBe('gen1');
    expect(deploymentFor(db, db.os('debian8'), db.platform('hyperv'))).toBeUndefined();
  });
});
