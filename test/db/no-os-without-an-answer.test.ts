// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { resourcesFor } from '../../osinfo/answers.js';
import type { Os } from '../../osinfo/index.js';
import { openDb } from '../../osinfo/open.js';
import { DB } from './places.js';

const db = openDb({ db: DB, env: {}, index: false });
const all = db.oses().filter(({ origins }) => origins.length > 0);

/** Those that do not pass. */
const failing = (passes: (os: Os) => boolean): readonly string[] => all.filter((os) => !passes(os)).map(({ id }) => id);

/** What it can be installed on: architectures of its media, trees, images and amounts, else of its firmware. */
function archsOf(os: Os): readonly string[] {
  const { minimum, recommended } = os.resources;
  const parts = [...os.media, ...os.trees, ...os.images, ...minimum, ...recommended].map(({ arch }) => arch);
  const archs = parts.filter((arch): arch is string => arch !== undefined && arch !== 'all');
  return archs.length > 0 ? archs : os.completeFirmware.flatMap(({ arch }) => arch ?? []);
}

/** The architecture that most people have it on. */
function mainArch(os: Os): string {
  const archs = archsOf(os);
  return ['x86_64', 'i686', 'aarch64'].find((arch) => archs.includes(arch)) ?? archs[0] ?? 'x86_64';
}

/** Libosinfo has words for BIOS and EFI; these start by Open Firmware, U-Boot or a kernel of their own. */
const otherFirmware: ReadonlySet<string> = new Set(['ppc', 'ppc64', 'ppc64le', 's390x', 'armv6l', 'armv7l']);

describe('no OS without an answer: after inheritance each has', () => {
  it.each(['minimum', 'recommended'] as const)('%s CPUs, memory and storage, for its main architecture', (kind) => {
    const lacking = failing((os) => {
      const found = resourcesFor(os, mainArch(os))[kind];
      return (['nCpus', 'ramBytes', 'storageBytes'] as const).every((key) => {
        const answer = found[key];
        // An answer that had to be put together from another is none of the entry's own.
        return answer !== undefined && answer.value > 0 && !answer.how.includes('from-minimum');
      });
    });
    expect(all.length).toBeGreaterThan(1000);
    expect(lacking).toEqual([]);
  });

  it.each(['block', 'net'])('a device of class %s that it has a driver for', (wanted) => {
    expect(failing((os) => os.allDevices.some((device) => device.class === wanted))).toEqual([]);
  });

  it('the firmware that it starts from', () => {
    const lacking = failing((os) => {
      const archs = archsOf(os);
      const unspoken = archs.length > 0 && archs.every((arch) => otherFirmware.has(arch));
      return unspoken || os.completeFirmware.some(({ supported }) => supported);
    });
    expect(lacking).toEqual([]);
  });
});
