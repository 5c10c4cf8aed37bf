// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../../osinfo/errors.js';
import { dbFromXml } from '../../../osinfo/model/build.js';
import type { Db } from '../../../osinfo/model/types.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { Decision, Recommendation, RecommendInput } from '../../../osinfo/recommend/types.js';

export const GiB = 1024 ** 3;
export const MiB = 1024 ** 2;

/** `<device>` links for PCI ids (`1af4:1042`) and whole ids. */
export function devices(...ids: readonly string[]): string {
  const full = (id: string): string => (id.includes('/') ? id : `http://pcisig.com/pci/${id.replace(':', '/')}`);
  return `<devices>${ids.map((id) => `<device id="${full(id)}"/>`).join('')}</devices>`;
}

export const facts = (...elements: readonly string[]): string =>
  `<gw:facts xmlns:gw="urn:guestwright:db:1">${elements.join('')}</gw:facts>`;

export const q35 = 'http://qemu.org/chipset/x86/q35';

/** What a platform offers when a test has nothing to say about that. */
const usualDevices = devices(
  ...['1af4:1000', '1af4:1001', '1af4:1041', '1af4:1042', '1af4:1004', '1af4:1048', '1af4:1050'],
  ...['1af4:1003', '1af4:1043', '1af4:1005', '1af4:1044', '1af4:1002', '1af4:1045'],
  ...['8086:100e', '8086:10d3', '10ec:8139', '1234:1111', '1b36:000d', '8086:293a', q35],
);

export const machines = {
  q35: '<gw:machine arch="x86_64" family="q35" version="pc-q35-9.9" default="true" pcie="true" virtio="modern" firmware="bios uefi" max-cpus="288"/>',
  pc: '<gw:machine arch="x86_64" family="pc" pcie="false" virtio="transitional" firmware="bios" max-cpus="255"/>',
  q35WithBiosOnly:
    '<gw:machine arch="x86_64" family="q35" pcie="true" virtio="modern" firmware="bios" default="true"/>',
};

/** A database of one OS and one platform, both given by what stands inside their elements. */
export function world(os: string, platform = usualDevices + facts(machines.q35, machines.pc)): Db {
  return dbFromXml({
    'os/example.org/os-1.xml': `<libosinfo version="0.0.1">\n  <os id="http://example.org/os/1">\n<short-id>os1</short-id><name>Example OS</name>\n${os}\n</os>\n</libosinfo>`,
    'platform/example.org/host-1.xml': `<libosinfo version="0.0.1">\n  <platform id="http://example.org/host/1">\n<short-id>host1</short-id><name>Example Host</name><version>9.9</version>\n${platform}\n</platform>\n</libosinfo>`,
  });
}

/** The recommendation in such a world. */
export function inWorld(db: Db, rest: Omit<RecommendInput, 'os' | 'platform'> = {}): Recommendation {
  return recommend({ os: db.os('os1'), platform: db.platform('host1'), ...rest });
}

export function decision(rec: Recommendation, name: string): Decision {
  const found = rec.why.find((one) => one.decision === name);
  if (!found) throw new Error(`no decision ${name}`);
  return found;
}

/** The message of the InputError that `work` must throw. */
export function contradiction(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('nothing was contradicted');
}
