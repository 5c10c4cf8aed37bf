// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { openDb } from '../../../../osinfo/open.js';
import { comparedDecisions, compareWithCompat } from '../../../../osinfo/recommend/compat/diff.js';
import {
  compatRecommendation,
  formatCompatLibvirt,
  recommendCompat,
} from '../../../../osinfo/recommend/compat/index.js';
import { decisionsOf } from '../../../parity/virt-install-xml.js';
import { noGrammar, RealLibvirt, unless } from '../../formats/real-libvirt.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const platform = db.platform('kvm');
const disk = { path: '/srv/x.qcow2', format: 'qcow2' };

const machines = (['4.1', '5'] as const).flatMap((version) =>
  ['win11', 'winxp', 'debian12', 'freebsd14.2', 'msdos6.22'].flatMap((name) =>
    (name === 'debian12' ? ['x86_64', 'aarch64', 's390x', 'ppc64le'] : ['x86_64']).map((arch) => ({
      version,
      name,
      arch,
    })),
  ),
);

describe("libvirt's XML with virt-install's decisions", () => {
  it.each(machines)('$name on $arch, $version: says what was decided', ({ version, name, arch }) => {
    const os = db.os(name);
    const answer = recommendCompat({ os, version, arch, cdrom: true });
    const xml = formatCompatLibvirt(answer, { name: 'x', disks: [disk], cdrom: '/srv/x.iso' });
    for (const [decision, value] of Object.entries(decisionsOf(xml)))
      expect(answer[decision as keyof typeof answer], decision).toEqual(value);
  });

  const reason = noGrammar();
  it.skipIf(reason !== undefined)(`is valid by libvirt's grammar${unless(reason)}`, async () => {
    const libvirt = new RealLibvirt();
    const documents = machines.map(({ version, name, arch }) => {
      const answer = recommendCompat({ os: db.os(name), version, arch, cdrom: true });
      return formatCompatLibvirt(answer, { name: 'x', disks: [disk, disk], cdrom: '/srv/x.iso', network: 'user' });
    });
    expect(await libvirt.invalid(documents)).toEqual([]);
    libvirt.remove();
  });
});

describe('in neutral words', () => {
  it('says of Secure Boot that virt-install leaves it to libvirt', () => {
    const { firmware, warnings } = compatRecommendation({ os: db.os('win11'), version: '5' }, platform);
    expect(firmware).toMatchObject({ type: 'uefi', secureBoot: false });
    expect(warnings.join()).toContain('leaves Secure Boot to libvirt');
  });

  it('keeps what was decided', () => {
    const rec = compatRecommendation({ os: db.os('debian12'), version: '5' }, platform);
    expect(rec).toMatchObject({
      machine: { family: 'q35', pcie: true },
      graphics: { type: 'spice' },
      disk: { bus: 'virtio', device: 'http://pcisig.com/pci/1af4/1042' },
      cdrom: { bus: 'sata' },
      usb: { model: 'qemu-xhci' },
    });
  });
});

describe('what is recommended otherwise', () => {
  it('cites a fact for every difference', () => {
    for (const name of ['win11', 'winxp', 'win95', 'debian12', 'rhel6.5', 'freebsd14.2', 'msdos6.22', 'macos15']) {
      const { differences } = compareWithCompat({ os: db.os(name), platform }, '5');
      expect(differences.length, name).toBeGreaterThan(0);
      for (const one of differences) {
        expect(comparedDecisions).toContain(one.decision);
        expect(one.ours).not.toBe(one.theirs);
        expect(one.reason, `${name} ${one.decision}`).not.toBe('');
        expect(one.facts.length, `${name} ${one.decision}`).toBeGreaterThan(0);
      }
    }
  });

  it('Windows 95 is not shown Hyper-V, and the reason names its family', () => {
    const { differences } = compareWithCompat({ os: db.os('win95'), platform }, '4.1');
    const hyperv = differences.find(({ decision }) => decision === 'hyperv');
    expect(hyperv).toMatchObject({ ours: 'none', theirs: 'relaxed, vapic, spinlocks' });
    expect(hyperv?.facts[0]?.text).toContain('win9x');
  });

  it('a choice of the caller is told to both', () => {
    const overrides = { memoryBytes: 3 * 1024 ** 3, cpus: 3, storageBytes: 9 * 1024 ** 3, firmware: 'uefi' as const };
    const { differences } = compareWithCompat({ os: db.os('debian12'), platform, overrides }, '5');
    const names = differences.map(({ decision }) => decision);
    for (const one of ['memoryBytes', 'cpu.count', 'storageBytes', 'firmware.type']) expect(names).not.toContain(one);
  });
});
