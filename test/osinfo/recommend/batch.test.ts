// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { openDb } from '../../../osinfo/open.js';
import { namedArchs } from '../../../osinfo/recommend/archs.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { Intent, Recommendation, RecommendInput } from '../../../osinfo/recommend/types.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const archs = ['x86_64', 'i686', 'aarch64', 'armv7l', 'ppc64le', 'ppc64', 's390x', 'riscv64', 'loongarch64'];

/** What `docs/recommendations.md` says can stand against a machine. */
const documented = /^recommend-(no-machine|no-firmware|no-disk-bus|no-tpm|cpu)$/;

function each(question: Omit<RecommendInput, 'os'>, visit: (rec: Recommendation) => unknown): Map<string, number> {
  const refused = new Map<string, number>();
  for (const os of db.oses()) {
    const named = [...namedArchs(os)].filter((arch) => archs.includes(arch));
    for (const arch of named.length > 0 ? named : ['x86_64']) {
      try {
        visit(recommend({ os, arch, ...question }));
      } catch (error) {
        if (!(error instanceof InputError)) throw new Error(`${os.id} ${arch}`, { cause: error });
        if (!documented.test(error.code)) throw new Error(`${os.id} ${arch}`, { cause: error });
        refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
      }
    }
  }
  return refused;
}

/** What holds for every machine, whoever asked for whatever: the rules that are broken. */
function unsound(rec: Recommendation): string[] {
  const { cpu, disk, firmware, memory } = rec;
  const rules: Readonly<Record<string, boolean>> = {
    topology: cpu.topology.sockets * cpu.topology.cores * cpu.topology.threads === cpu.count,
    'a model with mode custom, and only then': (cpu.mode === 'custom') === (cpu.model !== undefined),
    'no disk on usb': disk.bus !== 'usb',
    'memory grows': (memory.maximumBytes ?? rec.memoryBytes) >= rec.memoryBytes,
    'native access past the cache': disk.io !== 'native' || disk.cache === 'none',
    'free pages by the balloon': !rec.freePageReporting || rec.balloon,
    'Secure Boot from UEFI': !firmware.secureBoot || firmware.type === 'uefi',
    'whole sentences': rec.notes.every((note) => /^\S.*\.$/.test(note)),
    'a value for each decision': rec.why.every(({ value }) => value.trim() !== ''),
  };
  const broken = Object.keys(rules).filter((name) => !rules[name]);
  return broken.map((name) => `${rec.os.id} on ${rec.platform.id}, ${rec.arch}: ${name}`);
}

describe('every OS on each of its architectures', () => {
  it.each([
    ['kvm', 'kvm'],
    ['qemu-7.2', 'qemu'],
    ['xen', 'kvm'],
    ['bhyve', 'kvm'],
  ] as const)('has a machine on %s (%s), or a contradiction that is documented', (platform, virt) => {
    let count = 0;
    const faults: string[] = [];
    each({ platform: db.platform(platform), virt }, (rec) => {
      faults.push(...unsound(rec));
      count += 1;
    });
    expect(faults).toEqual([]);
    expect(count).toBeGreaterThan(db.oses().length / 2);
  });

  it('has a machine on its usual architecture for every use', () => {
    const platform = db.platform('qemu-9.2');
    const faults: string[] = [];
    for (const intent of ['desktop', 'windows-server', 'density', 'performance', 'legacy-safe'] as Intent[]) {
      // One OS of three, others for each use: what a use changes hangs on families, of which each has many.
      for (const os of db.oses().filter((_, index) => index % 3 === intent.length % 3)) {
        try {
          faults.push(...unsound(recommend({ os, platform, intent })));
        } catch (error) {
          if (!(error instanceof InputError && documented.test(error.code))) throw error;
        }
      }
    }
    expect(faults).toEqual([]);
  });
});
