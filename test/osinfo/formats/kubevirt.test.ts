// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatRecommendation } from '../../../osinfo/formats/index.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';

const db = openDb({ db: 'bundled', env: {}, index: false });

/** Fields of KubeVirt's published API (1.7), as far as we write them; one that is not here is a slip of the pen. */
const fields = new Set(
  `apiVersion kind metadata name annotations labels spec runStrategy dataVolumeTemplates template source blank upload
  storage resources requests architecture domain machine type cpu sockets cores threads model memory guest maxGuest
  hugepages pageSize firmware bootloader bios efi secureBoot persistent features acpi smm enabled hyperv relaxed vapic
  vpindex runtime synic synictimer direct reset frequencies reenlightenment tlbflush ipi evmcs spinlocks vendorid clock
  utc timer rtc pit hpet kvm present tickPolicy ioThreadsPolicy devices disks disk bus readonly cdrom bootOrder cache io
  dedicatedIOThread interfaces masquerade bridge autoattachGraphicsDevice autoattachSerialConsole autoattachMemBalloon
  autoattachVSOCK blockMultiQueue networkInterfaceMultiqueue useVirtioTransitional inputs rng tpm sound video watchdog
  i6300esb diag288 action panicDevices networks pod multus networkName volumes dataVolume preferredArchitecture
  preferredMachineType preferredCPUTopology preferredUseBios preferredEfi preferredAcpi preferredSmm preferredHyperv
  preferredClockOffset preferredTimer preferredDiskBus preferredDiskCache preferredDiskIO preferredDiskDedicatedIoThread
  preferredBlockMultiQueue preferredCdromBus preferredInterfaceModel preferredNetworkInterfaceMultiQueue
  preferredUseVirtioTransitional preferredAutoattachGraphicsDevice preferredAutoattachMemBalloon
  preferredAutoattachSerialConsole preferredInputType preferredInputBus preferredVideoType preferredSoundModel
  preferredRng preferredTPM preferredPanicDeviceModel requirements vm.kubevirt.io/os kubevirt.io/domain`.split(/\s+/),
);

const keysOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [...(Array.isArray(value) ? [] : [key]), ...keysOf(inner)])
    : [];

const noYaml = existsSync('/usr/lib/python3/dist-packages/yaml') ? '' : ' (package python3-yaml is missing)';

describe.skipIf(noYaml)(`KubeVirt knows every field${noYaml}`, () => {
  it.each(['kubevirt', 'kubevirt-preference'])('%s', (format) => {
    const asked = ['win11', 'win2k22', 'debian12', 'freebsd15.0', 'rhel6.9', 'rhel10.0', 'macos15'].flatMap((os) =>
      (['server', 'desktop', 'performance'] as const).map((intent) => {
        const one = recommend({ os: db.os(os), platform: db.platform('kubevirt'), intent });
        const disks = [{ path: '/a.qcow2', format: 'qcow2' }];
        return formatRecommendation(format, one, { name: os, disks, cdrom: '/x.iso', nics: 2 }).text;
      }),
    );
    const program = 'import json,sys,yaml; print(json.dumps([yaml.safe_load(d) for d in json.load(sys.stdin)]))';
    const input = JSON.stringify(asked);
    const read = JSON.parse(
      execFileSync('/usr/bin/python3', ['-c', program], { input, encoding: 'utf8' }),
    ) as unknown[];
    expect(read).toHaveLength(asked.length);
    expect([...new Set(keysOf(read))].filter((key) => !fields.has(key))).toEqual([]);
  });
});
