// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../osinfo/package-root.js';
import { pagesWithFacts } from '../../tools/help/facts/index.js';
import { loadPages, type Page } from '../../tools/help/page.js';
import { programNames } from '../../tools/help/programs.js';
import { formatManPage } from '../../tools/man/man-page.js';
import { escapeRoff } from '../../tools/man/roff.js';
import { writePages } from '../../tools/man/write-pages.js';
import { entries } from '../../tools/registry.js';
import { newFolder } from '../osinfo/load/folders.js';

const edition = { version: '1.2.3', date: '2026-11-22' };
const folder = newFolder();
let pages: readonly Page[];
let files: readonly string[];

beforeAll(async () => {
  pages = await loadPages();
  files = await writePages(folder);
});

/** A page as a terminal shows it, without bold and italic. */
function shown(name: string): string {
  const { stdout } = spawnSync('groff', ['-man', '-Tutf8', '-P-cbou', '-rLL=100n', join(folder, `man/${name}.1`)], {
    encoding: 'utf8',
  });
  return stdout;
}

describe('manual pages', () => {
  it('there is one for each program and for each command of guestwright', () => {
    const wanted = [...programNames, ...entries.map(({ name }) => `guestwright-${name}`)];
    expect(files.filter((file) => file.startsWith('man/')).sort()).toEqual(
      wanted.map((name) => `man/${name}.1`).sort(),
    );
  });

  it('every program of tools/ is among them', () => {
    const programs = readdirSync(join(packageRoot(), 'tools'))
      .filter((name) => name.endsWith('.ts') && !['main.ts', 'registry.ts'].includes(name))
      .map((name) => name.slice(0, -3));
    expect(programs.sort()).toEqual([...programNames].sort());
  });

  it('facts belong to pages that there are', () => {
    const names = pages.map(({ name }) => name);
    expect(pagesWithFacts().filter((name) => !names.includes(name))).toEqual([]);
  });

  it('every page says what its exit codes mean, and shows how the command is used', () => {
    for (const { name, facts } of pages) {
      expect(facts.exitStatus.length, name).toBeGreaterThan(1);
      expect(facts.examples.length, name).toBeGreaterThan(0);
    }
  });

  it('pages refer to pages of ours that there are', () => {
    const names = pages.map(({ name }) => `${name}(1)`);
    const ours = pages
      .flatMap(({ facts }) => facts.seeAlso)
      .filter((page) => /^(guestwright|osinfo|appliance)/.test(page));
    expect(ours.filter((page) => !names.includes(page))).toEqual([]);
  });

  it('all options of the tree stand in it, and what an option takes', () => {
    for (const page of pages) {
      const text = formatManPage(page, edition);
      for (const part of page.commands.length > 0 && page.name !== 'guestwright' ? page.commands : [page]) {
        const words = part.options.map(([option]) => option.split(/[,=]/)[0]!).filter((word) => word !== '-h');
        for (const word of words) expect(text, page.name).toContain(escapeRoff(word));
      }
    }
  });

  it.skipIf(!existsSync('/usr/bin/mandoc'))('mandoc finds nothing in them (package mandoc)', () => {
    const { stdout, stderr, status } = spawnSync(
      'mandoc',
      ['-Tlint', '-Wall', ...files.filter((file) => file.endsWith('.1'))],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });

  it.skipIf(!existsSync('/usr/bin/groff'))(
    'groff finds nothing in them, and shows what was meant (package groff)',
    () => {
      for (const file of files.filter((one) => one.endsWith('.1'))) {
        const { stderr } = spawnSync('groff', ['-man', '-ww', '-z', '-Tutf8', join(folder, file)], {
          encoding: 'utf8',
        });
        expect(stderr, file).toBe('');
      }
      const text = shown('osinfo-query');
      expect(text).toContain('osinfo-query [OPTION…] [TYPE] [CONDITION…]');
      expect(text).toMatch(/-f, --fields=KEYS\n\s+show these properties/);
      expect(text).toContain("osinfo-query os 'short-id=ubuntu*' 'release-date>=2024' -f short-id,eol-date");
      expect(shown('guestwright-db')).toContain('guestwright db diff [OPTION…] OLD NEW');
      expect(shown('guestwright')).toMatch(/guestwright build\n\s+build an appliance/);
    },
  );

  it('carries the version and the date, and quotes what roff would take for itself', () => {
    const page = pages.find(({ name }) => name === 'osinfo-db-path')!;
    expect(formatManPage(page, edition)).toContain(
      '.TH "OSINFO\\-DB\\-PATH" 1 2026-11-22 "guestwright 1.2.3" "User Commands"\n',
    );
    expect(escapeRoff(".so /etc/passwd \\n it's “x”")).toBe('\\&.so /etc/passwd \\en it\\(aqs \\[u201C]x\\[u201D]');
  });
});
