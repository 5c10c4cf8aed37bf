// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the entry of the fixture says: of no descent that the planner knows, so that nothing is added but what is here. */
const ENTRY = `<?xml version="1.0" encoding="UTF-8"?>
<libosinfo version="0.0.1">
  <os id="http://example.org/fixture/40">
    <short-id>fixture40</short-id>
    <name>Fixture Linux 40</name>
    <version>40</version>
    <vendor>Test</vendor>
    <family>linux</family>
    <distro>fixture</distro>
    <devices>
      <device id="http://pcisig.com/pci/1af4/1001"/>
      <device id="http://pcisig.com/pci/1af4/1042"/>
      <device id="http://pcisig.com/pci/1af4/1005"/>
      <device id="http://pcisig.com/pci/1af4/1044"/>
    </devices>
    <resources arch="all">
      <minimum><n-cpus>1</n-cpus><ram>268435456</ram><storage>1073741824</storage></minimum>
      <recommended><n-cpus>1</n-cpus><ram>536870912</ram><storage>1073741824</storage></recommended>
    </resources>
    <gw:facts xmlns:gw="urn:guestwright:db:1">
      <gw:packaging type="rpm" releasever="40" release-package="fixture-release" source="https://example.org/"/>
      <gw:kernel arch="x86_64" package="kernel-core" source="https://example.org/"/>
    </gw:facts>
  </os>
</libosinfo>
`;

/** Writes the entry into a new folder, for OSINFO_LOCAL_DIR: it stands beside those that are shipped. */
export function writeOsEntry(folder: string): string {
  mkdirSync(join(folder, 'os/example.org'), { recursive: true });
  writeFileSync(join(folder, 'os/example.org/fixture-40.xml'), ENTRY);
  return folder;
}
