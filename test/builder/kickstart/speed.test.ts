// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseKickstart } from '../../../builder/kickstart/index.js';

/** Milliseconds of processor time, the best of several runs: other work on the machine does not count. */
function costOf(text: string, runs = 8): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    parseKickstart(text, 'a.ks');
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

const repeat = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('\n');

describe('reading is fast', () => {
  it('4,000 packages in less than 10 ms', () => {
    expect(costOf(`%packages\n${repeat(4000, (index) => `package-${index}`)}\n%end\n`)).toBeLessThan(10);
  });

  it('a %post of 20,000 lines in less than 50 ms', () => {
    expect(
      costOf(`%post\n${repeat(20_000, (index) => `  echo "line ${index}" >> /root/log # 100% done`)}\n%end\n`),
    ).toBeLessThan(50);
  });

  it.each([
    ['commands', (count: number) => repeat(count, (index) => `part /m${index} --size=${index} --fstype=ext4`)],
    ['errors', (count: number) => repeat(count, (index) => `frobnicate${index} --x`)],
    ['options in a line', (count: number) => `part / ${'--size=1 --blorp '.repeat(count)}`],
    ['quotes in a word', (count: number) => `part / --label="${'a\\"'.repeat(count * 10)}"`],
    [
      'blanks',
      (count: number) =>
        `# osinfo: ${' '.repeat(count * 10)}x y\nauth ${'--useshadow '.repeat(count)}x\n%packages\n@a${' '.repeat(count * 10)}b\n%end\n`,
    ],
    [
      'groups that come and go',
      (count: number) => `%packages\n${repeat(count, (index) => (index % 2 ? '-@core' : '@core'))}\n%end\n`,
    ],
  ])('many %s cost no more each than few', (_, make) => {
    const few = costOf(make(125), 4);
    const many = costOf(make(1000), 2);
    // Eight times as much may cost thirty times as much on a busy machine; if it were squared it would be sixty-four.
    expect(many).toBeLessThan(Math.max(few, 2) * 30);
  });
});
