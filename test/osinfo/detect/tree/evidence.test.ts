// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { osByEvidence } from '../../../../osinfo/detect/tree/evidence.js';
import { dbFromXml } from '../../../../osinfo/model/build.js';
import { wrapped } from '../../load/folders.js';

const os = (name: string, distro: string, version?: string, codename?: string) =>
  `<os id="http://e.org/${name}"><short-id>${name}</short-id><name>${name}</name>${version === undefined ? '' : `<version>${version}</version>`}<distro>${distro}</distro>${codename === undefined ? '' : `<codename>${codename}</codename>`}</os>`;

const db = dbFromXml(
  Object.fromEntries(
    [
      ['debian11', 'debian', '11', 'Bullseye'],
      ['debian12', 'debian', '12', 'Bookworm'],
      ['debiantesting', 'debian', 'testing'],
      ['ubuntu22.04', 'ubuntu', '22.04', 'Jammy Jellyfish'],
      ['archlinux', 'archlinux'],
      ['centos-stream9', 'centos', '9'],
      ['centos9', 'centos', '9'],
    ].map(([name = '', distro = '', ...rest]) => [`os/e.org/${name}.xml`, wrapped(os(name, distro, ...rest))]),
  ),
);

describe('an operating system by evidence', () => {
  it.each([
    [{ distro: 'debian', version: '12' }, 'debian12', 'version 12'],
    [{ distro: 'debian', version: '12.5.0', codename: 'bullseye' }, 'debian12', 'version 12'],
    [{ distro: 'debian', codename: 'bullseye' }, 'debian11', 'code name bullseye'],
    [{ distro: 'debian', version: '13.0', codename: 'Bookworm' }, 'debian12', 'code name Bookworm'],
    [{ distro: 'debian', version: 'testing', codename: 'bookworm' }, 'debiantesting', 'version testing'],
    [{ distro: 'ubuntu', version: '22.04.3' }, 'ubuntu22.04', 'version 22.04'],
    [{ distro: 'ubuntu', codename: 'jammy' }, 'ubuntu22.04', 'code name jammy'],
    [{ distro: 'archlinux' }, 'archlinux', 'which has no versions'],
    [{ distro: 'centos', version: '9' }, 'centos9', 'version 9'],
  ])('%j is %s', (evidence, shortId, rule) => {
    const found = osByEvidence(db, { ...evidence, why: 'a file says so' });
    expect(found?.os.shortId).toBe(shortId);
    expect(found?.why).toMatch(/^a file says so; /);
    expect(found?.why).toContain(rule);
  });

  it.each([
    [{ distro: 'debian', version: '14' }],
    [{ distro: 'debian', version: '1' }],
    [{ distro: 'debian', codename: 'jammy' }],
    [{ distro: 'archlinux', version: '3' }],
    [{ distro: 'debian' }],
    [{ distro: 'unheard-of', version: '1' }],
  ])('%j is none', (evidence) => {
    expect(osByEvidence(db, { ...evidence, why: '' })).toBeUndefined();
  });
});
