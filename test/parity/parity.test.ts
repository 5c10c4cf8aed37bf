// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openDb } from '../../osinfo/open.js';
import { packageRoot } from '../../osinfo/package-root.js';
import { folderOf, newFolder, placesEnv } from '../osinfo/load/folders.js';
import { oddities, webs } from './databases.js';
import { hasLibrary, python } from './library.js';
import { deviceAnswers, differences, oursOf, theirsOf } from './sides.js';

/** GLib writes below the home: one that is ours. */
const home = newFolder();

const script = fileURLToPath(new URL('dump.py', import.meta.url));

/** Asks both libraries everything about the same places. */
function compare(...places: string[]): { entities: number; found: string[] } {
  const output = execFileSync(python, [script, ...places], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', HOME: home },
  });
  const [system = '/nonexistent/osinfo', local = '/nonexistent/osinfo', user = '/nonexistent/osinfo'] = places;
  const db = openDb({ env: placesEnv({ system, local, user }) });
  const ours = oursOf(db);
  const lines = output.split('\n').filter((line) => line !== '');
  const found = lines.flatMap((line) => {
    const [key, theirs] = theirsOf(JSON.parse(line));
    const device = key.startsWith('device ') ? db.findDevice(key.slice('device '.length)) : undefined;
    const mine = device === undefined ? ours.get(key) : deviceAnswers(device);
    ours.delete(key);
    return differences(mine, theirs, key);
  });
  for (const key of ours.keys()) found.push(`${key}: only ours`);
  return { entities: lines.length, found };
}

describe.skipIf(!hasLibrary)('C libosinfo and ours answer the same (packages python3-gi, gir1.2-libosinfo-1.0)', () => {
  it.skipIf(!existsSync('/usr/share/osinfo/os'))('for Debian’s osinfo-db', { timeout: 60_000 }, () => {
    const { entities, found } = compare('/usr/share/osinfo');
    expect(entities).toBeGreaterThan(900);
    expect(found).toEqual([]);
  });

  it('for our own database', () => {
    const { entities, found } = compare(join(packageRoot(), 'db'));
    expect(entities).toBeGreaterThan(20);
    expect(found).toEqual([]);
  });

  it('for inheritance over several ways at once', () => {
    expect(compare(folderOf(webs)).found).toEqual([]);
  });

  it('for a database full of oddities', () => {
    expect(compare(folderOf(oddities)).found).toEqual([
      // A script that nothing defines has, for libosinfo, a way to be injected.
      'install-script http://s.org/none.injectionMethods[0]: ours absent, C "disk"',
    ]);
  });

  it('for custom properties of an OS, which libosinfo reads twice', () => {
    const system = folderOf({ 'os/e.org/a.xml': '<os id="http://e.org/a"><x-foo>1</x-foo><x-bar>2</x-bar></os>' });
    expect(compare(system).found).toEqual([
      'os http://e.org/a.params.x-foo[1]: ours absent, C "1"',
      'os http://e.org/a.params.x-bar[1]: ours absent, C "2"',
    ]);
  });

  it('for entries without an architecture, which are for all of them here', () => {
    const system = folderOf({
      'os/e.org/a.xml':
        '<os id="http://e.org/a"><resources><minimum><ram>7</ram></minimum></resources><firmware type="bios"/></os>',
    });
    expect(compare(system).found).toEqual([
      'os http://e.org/a.resources.minimum[0].arch: ours "all", C absent',
      'os http://e.org/a.firmware[0].arch: ours "all", C absent',
      'os http://e.org/a.completeFirmware[0].arch: ours "all", C absent',
    ]);
  });

  it('for masters and fragments over three places', () => {
    const one = (content: string) => `<os id="http://e.org/a">${content}</os>`;
    const media = '<media arch="all"/><variant id="v"><name>V</name></variant>';
    const system = folderOf({
      'os/e.org/a.xml': one(`<short-id>s</short-id><name>S</name><vendor>S</vendor>${media}`),
      'os/e.org/a.d/f.xml': one('<short-id>sf</short-id><codename>sf</codename>'),
      'os/e.org/b.xml': '<os id="http://e.org/b"><short-id>b</short-id><derives-from id="http://e.org/a"/></os>',
      'os/e.org/b.d/z.xml': '<os id="http://e.org/b"><name>z</name><media arch="i686"/></os>',
      'device/pcisig.com/pci-1af4-1041.d/n.xml':
        '<device id="http://pcisig.com/pci/1af4/1041"><name>n</name><vendor>own</vendor></device>',
      'device/pcisig.com/pci-1af4-1042.xml': '<device id="http://pcisig.com/pci/1af4/1042"><name>m</name></device>',
    });
    const local = folderOf({
      'os/e.org/a.xml': one(`<short-id>l</short-id><name>L</name>${media}${media}`),
      'os/e.org/a.d/g.xml': one('<short-id>lg</short-id><media arch="x86_64"/>'),
      'os/e.org/b.d/a.xml': '<os id="http://e.org/b"><name>a</name><media arch="x86_64"/></os>',
      'os/e.org/wrong-place.xml': '<os id="http://e.org/elsewhere"/>',
      'README.txt': 'x',
      'schema/osinfo.xml': '<',
    });
    const user = folderOf({
      'os/e.org/a.d/g.xml': one('<short-id>ug</short-id><media arch="aarch64"/>'),
      'os/e.org/b.d/z.xml': '<os id="http://e.org/b"><version>u</version><media arch="ppc"/></os>',
      'os/e.org/c.d/only.xml': '<os id="http://e.org/c"><short-id>c</short-id></os>',
    });
    expect(compare(system, local, user).found).toEqual([]);
  });
});
