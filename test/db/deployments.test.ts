// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { run } from '../../osinfo/doors/process.js';
import type { Deployment } from '../../osinfo/index.js';
import { openDb } from '../../osinfo/open.js';
import { DB, has, ONLY_OURS } from './places.js';

const db = openDb({ db: DB, env: {}, index: false });
const deployments = db.deployments();
const platforms = db.platforms();

const osOf = ({ os }: Deployment) => db.findOs(os!)!;
const platformOf = ({ platform }: Deployment) => db.findPlatform(platform!)!;
const targetsOf = ({ deviceLinks }: Deployment): readonly string[] => deviceLinks.map(({ target }) => target);
const classesOf = ({ deviceLinks }: Deployment) => deviceLinks.map(({ device }) => device.class);
const failing = (passes: (one: Deployment) => boolean): readonly string[] =>
  deployments.filter((one) => !passes(one)).map(({ id }) => id);

describe('what a combination of system and platform wants of its own', () => {
  it('stands once for each combination', () => {
    expect(deployments.length).toBeGreaterThan(150);
    const pairs = deployments.map(({ os, platform }) => `${os} on ${platform}`);
    expect(new Set(pairs).size).toBe(pairs.length);
  });

  it('is made of devices that the platform shows and the system has drivers for', () => {
    const faults = deployments.flatMap((one) => {
      const offered = new Set(platformOf(one).allDevices.map(({ id }) => id));
      const driven = new Set(osOf(one).allDevices.map(({ id }) => id));
      return targetsOf(one)
        .filter((id) => !offered.has(id) || !driven.has(id))
        .map((id) => `${one.id}: ${id}`);
    });
    expect(faults).toEqual([]);
  });

  it('names a disk and a network card, and one device of a class at most, what is typed on apart', () => {
    expect(failing((one) => ['block', 'net'].every((wanted) => classesOf(one).includes(wanted)))).toEqual([]);
    // The network's class has sockets to the host too.
    const once = ['block', 'video', 'audio', 'controller.usb', 'tpm', 'rng', 'chipset'];
    const twice = failing((one) =>
      once.every((wanted) => classesOf(one).filter((found) => found === wanted).length <= 1),
    );
    expect(twice).toEqual([]);
  });

  it('speaks of the newest release of a platform: who adds one takes these along', () => {
    const overtaken = new Set(platforms.flatMap((one) => one.related('upgrades')));
    expect(failing(({ platform }) => !overtaken.has(platform!))).toEqual([]);
  });

  it.each([
    ['win11', 'kvm', ['sata', '8086/2922'], '8086/10d3'],
    ['winxp', 'kvm', ['ide', '8086/7010'], '10ec/8139'],
    ['macos12', 'kvm', ['sata', '8086/2922'], '15ad/07b0'],
    ['win2k22', 'xen', ['ide', '8086/7010'], '8086/100e'],
  ])('%s on %s starts without a driver from elsewhere', (os, platform, [, disk], nic) => {
    const found = db.findDeployment(db.findOs(os)!.id, db.findPlatform(platform)!.id)!;
    const of = (wanted: string) => found.links({ device: { class: wanted } })[0]?.target;
    expect([of('block'), of('net')]).toEqual([disk, nic].map((id) => `http://pcisig.com/pci/${id}`));
  });

  it('says which generation of Hyper-V it has to be', () => {
    const first = failing((one) => !one.facts.some(({ attributes }) => attributes.family === 'gen1'));
    expect(first).toContain('http://microsoft.com/deployment/hyperv/openbsd7.9');
    expect(first).not.toContain('http://microsoft.com/deployment/hyperv/freebsd15.1');
  });
});

describe.skipIf(!has('osinfo-query'))("Debian's osinfo-query", () => {
  it('lists every one of them, without a word on stderr', async () => {
    const { stdout, stderr } = await run(['osinfo-query', 'deployment', '--fields', 'id'], {
      env: ONLY_OURS,
      timeoutMs: 30_000,
    });
    expect(stderr).toBe('');
    const listed = new Set(stdout.split('\n').map((line) => line.trim()));
    expect(deployments.map(({ id }) => id).filter((id) => !listed.has(id))).toEqual([]);
  });
});
