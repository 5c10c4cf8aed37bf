// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import { rules } from '../../../osinfo/recommend/rules/index.js';
import { decision } from './world.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const kvm = db.platform('kvm');
const all = db.oses().map((os) => recommend({ os, platform: kvm }));

const lines = new Map<string, string[]>();
function lineAt(at: string): string | undefined {
  const [, file, line] = /^(.*):(\d+)$/.exec(at)!;
  if (!lines.has(file!)) lines.set(file!, readFileSync(file!, 'utf8').split('\n'));
  return lines.get(file!)![Number(line) - 1];
}

describe('why', () => {
  it('tells rule, reason and losers of every decision of every OS', () => {
    for (const rec of all) {
      expect(rec.why.map((one) => one.decision)).toEqual(rules.map((rule) => rule.decision));
      for (const one of rec.why) {
        expect(one.rule).toMatch(/^[a-zA-Z0-9.]+[.a-z0-9-]*$/);
        expect(one.reason).toMatch(/^\S.*[^.\s]$/);
        expect(one.lost.map((loser) => loser.value)).not.toContain(one.value);
        for (const loser of one.lost) expect(loser.because).toMatch(/\S/);
      }
    }
  });

  it('points at the very line of the database that says each fact', () => {
    let pointed = 0;
    for (const rec of all) {
      for (const { facts } of rec.why) {
        for (const { text, at } of facts) {
          if (at === undefined) continue;
          pointed += 1;
          const line = lineAt(at);
          const id = /\(([0-9a-f]{4}):([0-9a-f]{4})\)$/.exec(text);
          if (id) expect(line, `${at}: ${text}`).toContain(`/${id[1]}/${id[2]}"`);
          else expect(line, `${at}: ${text}`).toMatch(/<(device|firmware|gw:[a-z-]+|minimum|recommended)\b/);
        }
      }
    }
    expect(pointed).toBeGreaterThan(500);
  });

  it('names the entry that an inherited fact comes from', () => {
    const rec = recommend({ os: db.os('win11'), platform: kvm });
    const [fact] = decision(rec, 'nic').facts;
    expect(fact).toMatchObject({
      text: 'Microsoft Windows 11 drives e1000e (8086:10d3)',
      from: 'http://microsoft.com/win/10',
    });
  });

  it('says of a loser what it lacks, or which driver is missing where it stands', () => {
    const rec = recommend({ os: db.os('win11'), platform: kvm });
    const { lost } = decision(rec, 'disk');
    expect(lost).toContainEqual({
      value: 'virtio',
      because: 'Microsoft Windows 11 lists no driver for virtio-blk (1af4:1042)',
    });
    expect(lost).toContainEqual({ value: 'ide', because: 'a PCI Express machine has no IDE' });
  });

  it('is pure: the same question has the same answer, and the answer is plain data', () => {
    const input = { os: db.os('debian12'), platform: kvm };
    const first = recommend(input);
    expect(recommend(input)).toEqual(first);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  });
});
