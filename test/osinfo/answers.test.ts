// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type Answer, resourcesFor } from '../../osinfo/answers.js';
import { dbFromXml } from '../../osinfo/model/build.js';
import { openDb } from '../../osinfo/open.js';

function database(entries: Record<string, string>) {
  const files = Object.entries(entries).map(([name, content]) => [
    `os/e.org/${name}.xml`,
    `<libosinfo version="0.0.1">\n<os id="http://e.org/${name}"><short-id>${name}</short-id>\n${content}</os></libosinfo>`,
  ]);
  return dbFromXml(Object.fromEntries(files));
}

const parent = '<derives-from id="http://e.org/p"/>';
const resources = (arch: string, content: string) => `<resources arch="${arch}">${content}</resources>`;
const shown = (answer: Answer | undefined) => answer && [answer.value, answer.from.slice(-1), ...answer.how];

describe('resourcesFor', () => {
  it('says what the entry says for the architecture, with its place', () => {
    const db = database({ o: resources('x86_64', '<minimum><ram>5</ram></minimum>') });
    expect(resourcesFor(db.os('o'), 'x86_64').minimum).toEqual({
      ramBytes: { value: 5, how: [], from: 'http://e.org/o', origin: { file: 'os/e.org/o.xml', line: 3 } },
    });
  });

  it('the architecture goes before all, and all fills it', () => {
    const db = database({
      o:
        resources('all', '<minimum><ram>1</ram><cpu>2</cpu></minimum>') +
        resources('x86_64', '<minimum><ram>5</ram></minimum>'),
    });
    const { minimum } = resourcesFor(db.os('o'), 'x86_64');
    expect(shown(minimum.ramBytes)).toEqual([5, 'o']);
    expect(shown(minimum.cpuHz)).toEqual([2, 'o', 'arch-all']);
    expect(shown(resourcesFor(db.os('o'), 'aarch64').minimum.ramBytes)).toEqual([1, 'o', 'arch-all']);
    expect(shown(resourcesFor(db.os('o'), 'all').minimum.ramBytes)).toEqual([1, 'o']);
  });

  it('an OS that says nothing takes what the nearest ancestor says', () => {
    const db = database({
      o: parent,
      p: `${resources('all', '<minimum><ram>4</ram></minimum>')}<clones id="http://e.org/g"/>`,
      g: resources('x86_64', '<minimum><ram>9</ram><storage>8</storage></minimum>'),
    });
    const { minimum } = resourcesFor(db.os('o'), 'x86_64');
    expect(shown(minimum.ramBytes)).toEqual([4, 'p', 'inherited', 'arch-all']);
    expect(shown(minimum.storageBytes)).toEqual([8, 'g', 'inherited']);
  });

  it('recommended falls back on minimum and is never less', () => {
    const db = database({
      o:
        parent +
        resources(
          'x86_64',
          '<minimum><ram>6</ram><storage>3</storage></minimum><recommended><storage>7</storage></recommended>',
        ),
      p: resources('x86_64', '<recommended><ram>4</ram><n-cpus>2</n-cpus></recommended>'),
    });
    const { recommended } = resourcesFor(db.os('o'), 'x86_64');
    expect(shown(recommended.storageBytes)).toEqual([7, 'o']);
    expect(shown(recommended.ramBytes)).toEqual([6, 'o', 'raised-to-minimum']);
    expect(shown(recommended.nCpus)).toEqual([2, 'p', 'inherited']);
    const bare = database({ o: resources('x86_64', '<minimum><ram>6</ram></minimum>') });
    expect(shown(resourcesFor(bare.os('o'), 'x86_64').recommended.ramBytes)).toEqual([6, 'o', 'from-minimum']);
  });

  it('an installation from the network needs no less than the minimum, and is only there where it is spoken of', () => {
    const db = database({
      o: resources('all', '<minimum><ram>6</ram><cpu>1</cpu></minimum><network-install><ram>2</ram></network-install>'),
      n: resources('all', '<minimum><ram>6</ram></minimum><network-install><ram>9</ram></network-install>'),
      s: resources('all', '<minimum><ram>6</ram></minimum>'),
    });
    expect(shown(resourcesFor(db.os('o'), 'all').networkInstall.ramBytes)).toEqual([6, 'o', 'raised-to-minimum']);
    expect(resourcesFor(db.os('o'), 'all').networkInstall.cpuHz).toBeUndefined();
    expect(shown(resourcesFor(db.os('n'), 'all').networkInstall.ramBytes)).toEqual([9, 'n']);
    expect(resourcesFor(db.os('s'), 'all').networkInstall).toEqual({});
  });

  it('answers for every OS of our database on any architecture, recommended never below minimum', () => {
    for (const os of openDb({ db: 'bundled' }).oses()) {
      for (const arch of ['x86_64', 'aarch64', 'i686', 'no-such-arch']) {
        const { minimum, recommended } = resourcesFor(os, arch);
        for (const field of ['ramBytes', 'nCpus', 'storageBytes', 'cpuHz'] as const) {
          expect(recommended[field]?.value ?? 0).toBeGreaterThanOrEqual(minimum[field]?.value ?? 0);
        }
      }
    }
  });
});
