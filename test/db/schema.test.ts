// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { plainXml } from '../../osinfo/archive/plain.js';
import { run } from '../../osinfo/doors/process.js';
import { DB, has, readEntries, SCHEMA } from './places.js';

const folder = mkdtempSync(join(tmpdir(), 'guestwright-grammar-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The files that the grammar refuses. */
async function refused(files: readonly string[], grammar = SCHEMA): Promise<readonly string[]> {
  const { stderr } = await run(['xmllint', '--noout', '--relaxng', grammar, ...files], {
    okCodes: [0, 1, 3, 4],
    timeoutMs: 60_000,
  });
  return files.filter((file) => !stderr.includes(`${file} validates\n`));
}

/** Judges many small documents at once, in their order. */
async function accepts(bodies: readonly string[]): Promise<readonly boolean[]> {
  const files = bodies.map((body, index) => {
    const file = join(folder, `${index}.xml`);
    writeFileSync(file, `<libosinfo version="0.0.1" xmlns:gw="urn:guestwright:db:1">${body}</libosinfo>`);
    return file;
  });
  const bad = new Set(await refused(files));
  return files.map((file) => !bad.has(file));
}

const os = (inside: string): string => `<os id="http://a.org/b/1">${inside}</os>`;
const fact = (inside: string): string => os(`<gw:facts>${inside}</gw:facts>`);
const machine = (attributes: string): string =>
  `<platform id="http://a.org/p/1"><gw:facts><gw:machine arch="x86_64" family="q35" bus="pcie" pcie="true" virtio="modern" ${attributes} source="https://a.org/"/></gw:facts></platform>`;

const good: readonly string[] = [
  '',
  os(''),
  os('<short-id>b1</short-id><short-id>b</short-id><name>B</name><name xml:lang="pt_BR">Bê</name><vendor>V</vendor>'),
  // children in any order, and scattered
  os(
    '<media arch="all"/><name>B</name><media arch="i686"/><devices/><tree arch="all"/><name lang="fr">b</name><firmware arch="x86_64" type="bios"/><release-date>2020-02-29</release-date><resources arch="all"/><short-id>b</short-id>',
  ),
  os('<firmware arch="loongarch64" type="efi" supported="true" recommended="false"/>'),
  os('<resources arch="x86_64" inherit="true"><minimum><ram>0</ram></minimum><network-install/></resources>'),
  os(
    '<media arch="x86_64" live="true" installer-reboots="2"><variant id="v"/><variant id="w"/><iso><volume-id/><l10n-language regex="true" l10n-language-map="http://a.org/m">x</l10n-language></iso></media>',
  ),
  '<device id="http://pcisig.com/pci/1af4/1000"><class>net</class></device>',
  '<device id="http://a.org/acpi/X"><name>x</name><bus-type>acpi</bus-type><class>tpm</class></device>',
  '<datamap id="http://a.org/m"><entry inval="a" outval=""/></datamap>',
  '<install-script id="http://a.org/s"><profile>jeos</profile><template><x:stylesheet xmlns:x="urn:x" version="1"><x:template match="/">t</x:template></x:stylesheet></template></install-script>',
  '<deployment id="http://a.org/d"><os id="http://a.org/b/1"/><platform id="http://a.org/p/1"/><devices/></deployment>',
  fact('<gw:cpu arch="x86_64" baseline="x86-64-v3" flags="nx cx16" source="https://a.org/"/>'),
  fact(
    '<gw:tpm state="required" version="2.0" source="https://a.org/"/><gw:tpm state="none" source="https://a.org/"/>',
  ),
  fact('<gw:hyperv enlightenments="relaxed vapic" source="https://a.org/"/>'),
  fact('<gw:checked date="2026-11-22" source="https://a.org/"/>'),
  '<platform id="http://a.org/p/1"><gw:facts><gw:checked date="2026-11-22" source="https://a.org/"/></gw:facts></platform>',
  fact('<gw:same-labels as="http://a.org/b/2" source="https://a.org/"/>'),
  fact('<gw:virtio-drivers installer="legacy modern" source="https://a.org/"/>'),
  machine('firmware="bios uefi" max-cpus="288"'),
];

const bad: readonly (readonly [string, string])[] = [
  ['a check of no page', fact('<gw:checked date="2026-11-22"/>')],
  ['a check on no day', fact('<gw:checked date="today" source="https://a.org/"/>')],
  ['an unknown entity', '<system id="http://a.org/b/1"/>'],
  ['an OS without an id', '<os><name>B</name></os>'],
  ['an id that is not an address', '<os id="debian12"/>'],
  ['an unknown child', os('<colour>red</colour>')],
  ['an empty short id, on which the C loader crashes', os('<short-id/>')],
  ['a short id with a space', os('<short-id>a b</short-id>')],
  ['an empty translated name, on which the C loader crashes', os('<name xml:lang="fr"/>')],
  ['two versions', os('<version>1</version><version>2</version>')],
  ['a date of the thirteenth month', os('<release-date>2025-13-01</release-date>')],
  ['an unknown release status', os('<release-status>soon</release-status>')],
  ['a media without an architecture, on which the C library crashes', os('<media><iso/></media>')],
  ['an unknown architecture', os('<media arch="amd64"/>')],
  ['a size with a unit', os('<resources arch="all"><minimum><ram>2G</ram></minimum></resources>')],
  ['a negative size', os('<resources arch="all"><minimum><ram>-1</ram></minimum></resources>')],
  ['firmware of an unknown type', os('<firmware arch="x86_64" type="uefi"/>')],
  ['firmware for all architectures', os('<firmware arch="all" type="bios"/>')],
  ['a flag that is neither true nor false', os('<firmware arch="x86_64" type="bios" supported="maybe"/>')],
  ['an image of an unknown format', os('<image arch="x86_64" format="iso"/>')],
  ['a device of an unknown class', '<device id="http://a.org/d"><class>network</class></device>'],
  ['a fact outside the wrapper', os('<gw:clock offset="utc" source="https://a.org/"/>')],
  ['an empty wrapper', fact('')],
  ['two wrappers', os('<gw:facts><gw:clock offset="utc" source="https://a.org/"/></gw:facts>'.repeat(2))],
  ['a fact without a source', fact('<gw:clock offset="utc"/>')],
  ['a source that says nothing', fact('<gw:clock offset="utc" source="web"/>')],
  ['an unknown fact', fact('<gw:colour value="red" source="https://a.org/"/>')],
  ['a fact of another namespace', '<os id="http://a.org/b/1"><x:facts xmlns:x="urn:x"/></os>'],
  ['a CPU level that does not exist', fact('<gw:cpu arch="x86_64" baseline="x86-64-v9" source="https://a.org/"/>')],
  ['a CPU level of all architectures', fact('<gw:cpu arch="all" baseline="x86-64-v1" source="https://a.org/"/>')],
  ['a required TPM of no version', fact('<gw:tpm state="required" source="https://a.org/"/>')],
  ['a version of no TPM', fact('<gw:tpm state="none" version="2.0" source="https://a.org/"/>')],
  ['limits of nothing', fact('<gw:limits arch="x86_64" source="https://a.org/"/>')],
  ['a limit of no memory', fact('<gw:limits arch="x86_64" ram="0" source="https://a.org/"/>')],
  ['an unknown Hyper-V enlightenment', fact('<gw:hyperv enlightenments="relaxed speed" source="https://a.org/"/>')],
  [
    'a deb archive without a suite',
    fact(
      '<gw:packaging type="deb" components="main" mirror="http://a.org/" keyring-package="k" keyring="/k.gpg" source="https://a.org/"/>',
    ),
  ],
  [
    'a repository with two addresses',
    fact('<gw:repository name="r" url="http://a.org/" metalink="http://a.org/" source="https://a.org/"/>'),
  ],
  ['labels of no other system', fact('<gw:same-labels source="https://a.org/"/>')],
  ['text in a fact', fact('<gw:clock offset="utc" source="https://a.org/">noon</gw:clock>')],
  [
    'an OS fact of a platform',
    '<platform id="http://a.org/p/1"><gw:facts><gw:clock offset="utc" source="https://a.org/"/></gw:facts></platform>',
  ],
  ['a machine with unknown firmware', machine('firmware="bios efi"')],
];

describe.skipIf(!has('xmllint'))('the grammar (xmllint of libxml2-utils)', () => {
  it('accepts what the format allows', async () => {
    const verdicts = await accepts(good);
    expect(good.filter((_, index) => !verdicts[index])).toEqual([]);
  });

  it('refuses nonsense', async () => {
    const verdicts = await accepts(bad.map(([, body]) => body));
    expect(bad.filter((_, index) => verdicts[index]).map(([what]) => what)).toEqual([]);
  });

  it.skipIf(!existsSync('/usr/share/osinfo/os'))('accepts the whole public database that Debian ships', async () => {
    const files = readdirSync('/usr/share/osinfo', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.xml'))
      .map((file) => `/usr/share/osinfo/${file}`);
    expect(files.length).toBeGreaterThan(900);
    expect(await refused(files)).toEqual([]);
  });

  const original = '/usr/share/osinfo/schema/osinfo.rng';
  it.skipIf(!existsSync(original))(
    'adds to the original grammar what a plain export leaves out, and nothing else',
    async () => {
      const plain = readEntries().map(({ file }, index) => {
        const copy = join(folder, `plain-${index}.xml`);
        writeFileSync(copy, plainXml(readFileSync(`${DB}/${file}`), file));
        return copy;
      });
      expect(await refused(plain, original)).toEqual([]);
    },
  );
});
