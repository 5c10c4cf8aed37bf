// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatCommand } from '../../../../builder/kickstart/index.js';
import { errorsOf, parse } from '../parsing.js';

/** A line, how it is written back (`=` for the same), and the version where it matters. */
export type Good = readonly [line: string, canonical: string, version?: string];

/** A line, a part of what is said about it, and the version where it matters. */
export type Bad = readonly [line: string, message: string, version?: string];

/** Try lines of a command: the good ones are accepted and written back, the bad ones are refused with a reason. */
export function tryLines(command: string, good: readonly Good[], bad: readonly Bad[]): void {
  describe(command, () => {
    it.each(good.map(([line, canonical, version]) => ({ line, canonical, version })))(
      'writes $line as $canonical ($version)',
      ({ line, canonical, version }) => {
        expect(errorsOf(line, {}, { version })).toEqual([]);
        const written = parse(line, {}, { version }).commands.map((read) => formatCommand(read, { version }));
        expect(written.join('\n')).toBe(canonical === '=' ? line : canonical);
      },
    );
    it.each(bad.map(([line, message, version]) => ({ line, message, version })))(
      'refuses $line: $message ($version)',
      ({ line, message, version }) => {
        const [first, ...more] = errorsOf(line, {}, { version });
        expect(first).toMatch(/^a\.ks:1:\d+: /);
        expect(first).toContain(message);
        expect(more).toEqual([]);
      },
    );
  });
}
