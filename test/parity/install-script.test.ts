// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openDb } from '../../osinfo/open.js';
import { configDefaults } from '../../osinfo/script/config.js';
import { generateCommandLine, generateScript, missingParameters } from '../../osinfo/script/generate.js';
import { newFolder } from '../osinfo/load/folders.js';
import { hasLibrary, python } from './library.js';

const debian = '/usr/share/osinfo';
const script = fileURLToPath(new URL('install-script.py', import.meta.url));

interface TheirScript {
  readonly id: string;
  readonly text: string | null;
  readonly commandLine: string | null;
}

/** Every parameter that the templates ask for, and what stands for itself in each of their formats. */
const given: Readonly<Record<string, string>> = {
  'l10n-language': 'de_DE',
  'l10n-keyboard': 'de_DE',
  'l10n-timezone': 'Europe/Berlin',
  'admin-password': 'topsecret',
  'user-password': 'alsosecret',
  'user-login': 'berta',
  'user-realname': 'Berta B.',
  'user-autologin': 'true',
  'user-admin': 'true',
  'reg-product-key': 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE',
  hostname: 'somewhere',
  'target-disk': '/dev/sda',
  'hardware-arch': 'x86_64',
};
const configs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'all parameters': given,
  'the least': { 'admin-password': 'topsecret', 'user-login': 'berta', 'reg-product-key': 'A-B', 'target-disk': 'C' },
};

describe.skipIf(!hasLibrary || !existsSync(debian))(
  "install scripts of Debian's osinfo-db beside libosinfo's (packages python3-gi, gir1.2-libosinfo-1.0)",
  () => {
    const db = openDb({ db: [debian], index: false });
    const all = db.oses().filter((os) => os.installScripts.length > 0);
    const scripts = new Map(db.installScripts().map((one) => [one.id, one]));

    it.each(Object.entries(configs))('%s: byte for byte the same, script and command line', async (name, config) => {
      const systems = all.filter((_, index) => name === 'all parameters' || index % 4 === 0);
      const questions = systems.map((os) => ({ os: os.shortId!, config }));
      const answers = execFileSync(python, [script, debian], {
        input: questions.map((question) => `${JSON.stringify(question)}\n`).join(''),
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', HOME: newFolder() },
        maxBuffer: 512 * 1024 * 1024,
        timeout: 300_000,
        stdio: ['pipe', 'pipe', 'ignore'],
      })
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as readonly TheirScript[]);
      expect(answers.flat().length).toBeGreaterThan(name === 'all parameters' ? 300 : 70);
      const mine = new Map([
        ...configDefaults,
        ...Object.entries(config).map(([key, value]) => [key, [value]] as const),
      ]);
      const differences: string[] = [];
      const work = systems.flatMap((os, index) => answers[index]!.map((theirs) => ({ os, theirs })));
      const one = async ({ os, theirs }: (typeof work)[number]): Promise<void> => {
        const own = scripts.get(theirs.id)!;
        const question = { db, os, config: mine };
        if (missingParameters(own, question).length > 0) return;
        const ours = await generateScript(own, question);
        if (ours.text !== theirs.text) differences.push(`${os.shortId} ${theirs.id}`);
        const line = await generateCommandLine(own, question);
        // A template that has no word for the command line makes libosinfo print its whole document, passwords and all.
        const dumped = theirs.commandLine?.includes('<xsl:stylesheet') || theirs.commandLine?.includes('&lt;xsl:');
        const wanted = dumped ? '' : (theirs.commandLine ?? '').trim();
        if (line !== wanted) differences.push(`${os.shortId} ${theirs.id} command line`);
      };
      for (let at = 0; at < work.length; at += 4) await Promise.all(work.slice(at, at + 4).map(one));
      expect(differences).toEqual([]);
    });
  },
);
