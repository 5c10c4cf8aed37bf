// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { openDb } from '../../../osinfo/open.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { recommend } from '../../../osinfo/recommend/index.js';

const read = (name: string) => JSON.parse(readFileSync(join(packageRoot(), 'schema', name), 'utf8')) as object;
const ajv = new Ajv({ strict: true, allErrors: true });
const one = ajv.compile(read('recommendation.schema.json'));
const many = ajv.compile(read('recommendations.schema.json'));
const db = openDb({ db: 'bundled', env: {}, index: false });

describe('schema/recommendation.schema.json', () => {
  it.each(['kvm', 'qemu'] as const)('describes every recommendation of the database, %s', (virt) => {
    for (const platform of ['kvm', 'qemu-7.2'].map((name) => db.platform(name))) {
      for (const os of db.oses()) {
        expect(
          one(recommend({ os, platform, virt })),
          `${os.id} on ${platform.id}: ${ajv.errorsText(one.errors)}`,
        ).toBe(true);
      }
    }
  });

  it.each(['i686', 'aarch64', 'armv7l', 'ppc64le', 's390x', 'riscv64'])('describes one for %s', (arch) => {
    const rec = recommend({ os: db.os('debian12'), platform: db.platform('kvm'), arch });
    expect(one(rec), ajv.errorsText(one.errors)).toBe(true);
    expect(many({ format: 'guestwright/recommendations/1', recommendations: [rec], refused: [] })).toBe(true);
  });

  it('refuses what nobody recommends', () => {
    const rec = recommend({ os: db.os('debian12'), platform: db.platform('kvm') });
    expect(one({ ...rec, extra: 1 })).toBe(false);
    expect(one({ ...rec, memoryBytes: 1.5 })).toBe(false);
    expect(one({ ...rec, firmware: { type: 'uefi' } })).toBe(false);
    expect(one({ ...rec, why: [{ ...rec.why[0], facts: [{ at: 'x:1' }] }] })).toBe(false);
  });
});
