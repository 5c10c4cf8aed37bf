// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportDatabase, exportToFile } from '../../../osinfo/archive/export.js';
import { importDatabase } from '../../../osinfo/archive/import.js';
import { plainXml } from '../../../osinfo/archive/plain.js';
import { readArchive } from '../../../osinfo/archive/read.js';
import { archiveFile } from '../../../osinfo/archive/source.js';
import { cleanEnvironment, run } from '../../../osinfo/doors/process.js';
import { findFiles } from '../../../osinfo/load/files.js';
import { HardwareIds } from '../../../osinfo/load/ids.js';
import { Issues } from '../../../osinfo/load/issues.js';
import { type LoadedDatabase, loadDatabase } from '../../../osinfo/load/load.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { newFolder, os, readFiles, writeFiles } from './archives.js';

const folder = newFolder();
afterAll(() => folder.remove());
const ours = join(packageRoot(), 'db');
const originalGrammar = '/usr/share/osinfo/schema/osinfo.rng';

async function exported(options: Parameters<typeof exportDatabase>[0]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of exportDatabase(options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function namesIn(archive: string): Promise<string[]> {
  return (await run(['tar', '-tf', archive])).stdout.trimEnd().split('\n');
}

/** Everything that a folder says, without where it stands in it. */
function said(path: string): Record<string, unknown> {
  const place = { kind: 'given', path, version: undefined, why: '' } as const;
  const loaded: LoadedDatabase = loadDatabase(
    [{ place, files: findFiles(place, new Issues()) }],
    new HardwareIds(),
    new Issues(),
  );
  const text = JSON.stringify(Object.values(loaded.entities).flatMap((map) => [...map.values()]));
  return JSON.parse(text, (key, value) => (key === 'at' || key === 'origins' ? undefined : value));
}

describe('an export', () => {
  it("is laid out as the original's, sorted, and the same bytes each time", async () => {
    const db = writeFiles(join(folder.path, 'layout'), {
      'os/e.org/b.xml': os('b'),
      'os/e.org/a.xml': os('a'),
      'os/e.org/notes.txt': 'no',
      'schema/osinfo.rng': '<grammar/>',
      'usb.ids': 'x',
      'empty/readme': 'no',
      VERSION: 'old',
      LICENSE: 'old',
    });
    const license = join(folder.path, 'COPYING');
    writeFileSync(license, 'take it');
    const archive = join(folder.path, 'a.tar.xz');
    await exportToFile({ folder: db, version: '20250102', license }, archive);
    expect(await namesIn(archive)).toEqual([
      'osinfo-db-20250102/',
      'osinfo-db-20250102/os/',
      'osinfo-db-20250102/os/e.org/',
      'osinfo-db-20250102/os/e.org/a.xml',
      'osinfo-db-20250102/os/e.org/b.xml',
      'osinfo-db-20250102/schema/',
      'osinfo-db-20250102/schema/osinfo.rng',
      'osinfo-db-20250102/usb.ids',
      'osinfo-db-20250102/VERSION',
      'osinfo-db-20250102/LICENSE',
    ]);
    expect((await run(['tar', '-xOf', archive, 'osinfo-db-20250102/VERSION'])).stdout).toBe('20250102');
    expect((await run(['tar', '-xOf', archive, 'osinfo-db-20250102/LICENSE'])).stdout).toBe('take it');
    const again = await exported({ folder: db, version: '20250102', license });
    expect((await run(['sha256sum', archive])).stdout.slice(0, 64)).toBe(
      (await run(['sha256sum'], { input: again })).stdout.slice(0, 64),
    );
    const dated = await exported({ folder: db, version: '20250102', epoch: 0 });
    writeFileSync(archive, dated);
    expect((await run(['tar', '--utc', '-tvf', archive])).stdout).toMatch(/^drwxr-xr-x .* 1970-01-01 00:00 /);
  });

  it('says the same when it is loaded again (our own database)', async () => {
    const archive = join(folder.path, 'ours.tar.xz');
    await exportToFile({ folder: ours, version: '1' }, archive);
    const target = join(folder.path, 'imported');
    await importDatabase({ source: archiveFile(archive), target });
    expect(said(target)).toEqual(said(ours));
  });

  it('gives back every file of any database', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .map((text) => text.replace(/[\p{C}\p{Z}/.\\]/gu, '_').slice(0, 60) || '_');
    const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => `os/${names.join('/')}.xml`);
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.dictionary(path, fc.string()), async (files) => {
        // A name cannot be a file and a folder at once.
        const paths = Object.keys(files);
        fc.pre(!paths.some((one) => paths.some((other) => other.startsWith(`${one}/`))));
        number += 1;
        const db = writeFiles(join(folder.path, `any/${number}`), { ...files, 'os/always.xml': 'x' });
        const archive = join(folder.path, `any/${number}.tar.xz`);
        await exportToFile({ folder: db, version: '1' }, archive);
        const found: Record<string, string> = {};
        for await (const { path, kind, bytes } of readArchive(archiveFile(archive)))
          if (kind === 'file') found[path] = bytes.toString();
        expect(found).toEqual({ ...readFiles(db), VERSION: '1' });
      }),
      { numRuns: 30 },
    );
  });

  it('follows links, and refuses one that leads back', async () => {
    const db = writeFiles(join(folder.path, 'links'), { 'os/e.org/a.xml': os('a') });
    symlinkSync('../../os', join(db, 'os/e.org/up'));
    symlinkSync('a.xml', join(db, 'os/e.org/b.xml'));
    await expect(async () => await exported({ folder: db, version: '1' })).rejects.toThrow(
      /up\/e\.org.*leads back|leads back/,
    );
  });

  it('leaves nothing behind where it fails, and an older archive as it was', async () => {
    const archive = join(folder.path, 'kept.tar.xz');
    writeFileSync(archive, 'older');
    const db = writeFiles(join(folder.path, 'bad'), { 'os/e.org/a.xml': 'no XML' });
    await expect(exportToFile({ folder: db, version: '1', plain: true }, archive)).rejects.toThrow(
      /os\/e\.org\/a\.xml:1/,
    );
    expect(readdirSync(folder.path).filter((name) => name.includes('kept'))).toEqual(['kept.tar.xz']);
    expect(readFileSync(archive, 'utf8')).toBe('older');
    await expect(async () => await exportToFile({ folder: db, version: '../x' }, archive)).rejects.toThrow(
      /cannot be a version/,
    );
    await expect(
      async () => await exportToFile({ folder: db, version: '1', license: join(folder.path, 'missing') }, archive),
    ).rejects.toThrow(
      `cannot get file info ${folder.path}/missing: Error when getting information for file “${folder.path}/missing”: No such file or directory`,
    );
    await expect(exportToFile({ folder: db, version: '1' }, join(folder.path, 'missing/a.tar'))).rejects.toThrow(
      `cannot open archive ${folder.path}/missing/a.tar: Failed to open '${folder.path}/missing/a.tar'`,
    );
  });
});

describe('a plain export', () => {
  const target = join(folder.path, 'plain');
  beforeAll(async () => {
    const archive = join(folder.path, 'plain.tar.xz');
    await exportToFile({ folder: ours, version: '1', plain: true }, archive);
    await importDatabase({ source: archiveFile(archive), target });
  });

  it.skipIf(!existsSync(originalGrammar))("is valid by libosinfo's own grammar (package osinfo-db)", async () => {
    const files = Object.keys(readFiles(target)).filter((path) => path.endsWith('.xml'));
    expect(files.length).toBeGreaterThan(100);
    const { stderr } = await run(['xmllint', '--noout', '--relaxng', originalGrammar, ...files], {
      cwd: target,
      okCodes: [0, 3],
    });
    expect(stderr.split('\n').filter((line) => line !== '' && !line.endsWith(' validates'))).toEqual([]);
  });

  it.skipIf(!existsSync('/usr/bin/osinfo-db-validate'))(
    'is valid by the grammar that it carries (package osinfo-db-tools)',
    async () => {
      const env = cleanEnvironment({
        OSINFO_SYSTEM_DIR: '/nonexistent/osinfo',
        OSINFO_LOCAL_DIR: '/nonexistent/osinfo',
        OSINFO_USER_DIR: '/nonexistent/osinfo',
      });
      expect(await run(['osinfo-db-validate', '--dir', target], { env })).toMatchObject({ exitCode: 0, stderr: '' });
      const grammar = readFiles(target)['schema/osinfo.rng']!;
      expect(grammar).not.toContain('gw:');
      expect(grammar).not.toContain('urn:guestwright');
    },
  );

  it('says the same but for facts and the words that came later', () => {
    const text = JSON.stringify(said(target));
    expect(text).not.toContain('"facts"');
    const without = JSON.parse(JSON.stringify(said(ours)), (key, value) => {
      if (key === 'facts') return undefined;
      if (
        key === 'class' &&
        /^(bridge|controller\.sd|crypto|generation-id|guest-services|iommu|memory|memory\.persistent|panic|serial|tpm)$/.test(
          value,
        )
      )
        return undefined;
      if (key === 'bus-type' && ['acpi', 'vmbus'].includes(value[0])) return undefined;
      if (key === 'variant') return value.slice(0, 1);
      return Array.isArray(value) && value.some((part) => part?.params?.architecture?.[0] === 'loongarch64')
        ? value.filter((part) => part.params.architecture[0] !== 'loongarch64')
        : value;
    });
    // The parts of an OS are numbered, and some are gone.
    const unnumbered = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replace(/:\d+"/g, '"'), (_, one) =>
        Array.isArray(one) && one.length === 0 ? undefined : one,
      );
    expect(unnumbered(said(target))).toEqual(unnumbered(without));
  });

  it('leaves everything else as it is written', () => {
    const text = [
      '<?xml version="1.0"?>',
      '<libosinfo version="0.0.1" xmlns:gw="urn:guestwright:db:1">',
      '  <!-- kept -->',
      '  <os id="http://e.org/a">',
      '    <name>A &amp; B</name><gw:facts><gw:clock offset="utc" source="x"/></gw:facts>',
      '    <gw:facts>',
      '      <gw:tpm state="none" source="x"/>',
      '    </gw:facts>',
      '    <firmware arch="x86_64" type="efi" recommended="true"/>',
      '    <media arch="loongarch64"/>',
      '    <media arch="x86_64">',
      '      <variant id="one"/>',
      '      <variant id="two"/>',
      '    </media>',
      '    <!-- <gw:facts/> -->',
      '  </os>',
      '  <install-script id="http://e.org/s"><template><x:stylesheet xmlns:x="urn:x"/></template></install-script>',
      '</libosinfo>',
      '',
    ];
    const kept = [
      ...text.slice(0, 4),
      '    <name>A &amp; B</name>',
      '    <firmware arch="x86_64" type="efi"/>',
      ...text.slice(10, 12),
      ...text.slice(13),
    ];
    expect(plainXml(Buffer.from(text.join('\n')), 'a.xml').toString()).toBe(kept.join('\n'));
    const untouched = Buffer.from('\ufeff<libosinfo>\r\n</libosinfo>');
    expect(plainXml(untouched, 'a.xml')).toBe(untouched);
  });

  it('can be read member by member', async () => {
    const paths: string[] = [];
    for await (const { path } of readArchive(archiveFile(join(folder.path, 'plain.tar.xz')))) paths.push(path);
    expect(paths).toContain('os/debian.org/debian-12.xml');
  });
});
