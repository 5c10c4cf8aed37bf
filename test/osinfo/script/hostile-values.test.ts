// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { scriptDocument } from '../../../osinfo/script/document.js';
import { type Config, generate, question, scriptOf } from './asking.js';
import { families } from './families.js';
import { hostile } from './hostile.js';

/** Values that each parameter is tried with; `npm run test:scripts` tries a thousand. */
const RUNS = Number(process.env['GUESTWRIGHT_TEST_HOSTILE'] ?? 8);

const usual: Config = {
  'admin-password': 'top secret',
  'user-login': 'berta',
  'user-password': 'also secret',
  'user-realname': 'Berta',
  hostname: 'box',
  'l10n-language': 'en_GB',
  'l10n-keyboard': 'xx',
  'l10n-timezone': 'Europe/London',
  'target-disk': 'vda',
  'installation-url': 'http://mirror.example.org/x',
  'reg-login': 'b@example.org',
  'reg-product-key': 'CODE',
};

/** crypt(3) by another hand than ours. */
const crypt = (password: string, hash: string): string =>
  execFileSync('perl', ['-e', 'local $/; my ($p, $s) = split /\\0/, <STDIN>, 2; print crypt($p, $s)'], {
    input: `${password}\0${hash}`,
    encoding: 'utf8',
  });

describe.each(families.map((family) => [family.name, family] as const))('%s', (_, family) => {
  const declared = scriptOf(family.id).configParams.map(({ name }) => name);

  it('hostile values come back as they went in, or are refused by name', { timeout: 1_800_000 }, async () => {
    const base = Object.fromEntries(
      Object.entries({ ...usual, 'pre-install-drivers-location': '\\drivers' }).filter(([key]) =>
        declared.includes(key),
      ),
    );
    const known = family.read((await generate(family.id, family.os, base)).text);
    const parameters = Object.keys(base).filter((key) => known[key] !== undefined);
    expect(parameters.length).toBeGreaterThanOrEqual(6);
    const taken = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.record(Object.fromEntries(parameters.map((key) => [key, hostile.filter((value) => value !== '')]))),
        async (values: Record<string, string>) => {
          const left = new Map(Object.entries(values));
          for (;;) {
            const config = { ...base, ...Object.fromEntries(left) };
            let text: string;
            try {
              // The document refuses what the target cannot hold: it is asked first, for it starts no program.
              scriptDocument(scriptOf(family.id), question(family.os, config), 'install-script-config');
              ({ text } = await generate(family.id, family.os, config));
            } catch (error) {
              if (!(error instanceof InputError)) throw error;
              const refused = /^([\w-]+):? /.exec(error.message)?.[1] ?? '';
              expect([...left.keys()], error.message).toContain(refused);
              left.delete(refused);
              continue;
            }
            const read = family.read(text);
            for (const [key, value] of left) {
              const wanted = family.becomes?.[key]?.(value) ?? value;
              const found = read[key] ?? '';
              taken.set(key, (taken.get(key) ?? 0) + 1);
              if (key.endsWith('-password') && found.startsWith('$6$')) expect(crypt(value, found)).toBe(found);
              else expect(found, key).toBe(wanted);
            }
            return;
          }
        },
      ),
      { numRuns: RUNS },
    );
    if (RUNS >= 1000) console.log(`${family.name}: values taken`, Object.fromEntries(taken));
  });
});
