// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../osinfo/package-root.js';
import { newFolder } from '../osinfo/load/folders.js';

const root = packageRoot();
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly dependencies: Record<string, string>;
  readonly bin: Record<string, string>;
};
/** A project of somebody else, with the package in it as npm would install it. */
const project = newFolder();
const installed = join(project, 'node_modules/guestwright');
const home = newFolder();
const env = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_CACHE_HOME: join(home, 'cache'), LANG: 'C.UTF-8' };

const program = `
import { type Db, type Os, openDb, latestFirst, recommend, resourcesFor, writeEntity, dbFromXml, InputError } from 'guestwright';
import { readKickstart, type BuildOptions } from 'guestwright/builder';

const db: Db = openDb({ index: false });
const os: Os = db.os('debian12');
const chosen = db.oses({
  family: ['linux', 'freebsd'],
  releasedAfter: '2020-01-01',
  supportsDevice: { class: 'net', vendorId: '1af4' },
});
const name: string | undefined = latestFirst(chosen)[0]?.name;
const disks = os.devices({ class: 'block' }).map((device) => device.id);
const machine = recommend({ os, platform: db.platform('qemu-7.2') });
const memory: number = machine.memoryBytes;
const minimum: number | undefined = resourcesFor(os, 'x86_64').minimum.ramBytes?.value;
const again = dbFromXml({ 'os/debian.org/debian-12.xml': writeEntity(os) }).os('debian12');

// @ts-expect-error there is no such filter
db.oses({ familly: 'linux' });
// @ts-expect-error an OS may be without a name
const sure: string = os.name;
// @ts-expect-error the model is read-only
os.media[0]!.volumeId = 'x';
// @ts-expect-error a relation has three names
os.related('inherits');
// @ts-expect-error resources are bytes, not texts
const text: string = machine.memoryBytes;

let refused = '';
try {
  openDb({ db: '/no/such/database' });
} catch (error) {
  if (error instanceof InputError) refused = error.code;
}
const options: Partial<BuildOptions> = {};
console.log(
  JSON.stringify({
    name: typeof name,
    disks: disks.length > 0,
    memory: memory > 0,
    minimum: minimum !== undefined,
    same: again.name === os.name && again.media.length === os.media.length,
    places: db.places.map(({ kind }) => kind),
    issues: db.issues,
    refused,
    kickstart: typeof readKickstart,
    options,
    unused: [typeof sure, typeof text],
  }),
);
`;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), content);
}

/** What the compiler says; the compiled program is there all the same. */
let compiled = { stdout: '', status: null as number | null };

function node(...args: string[]) {
  return spawnSync(process.execPath, args, { cwd: project, env, encoding: 'utf8', maxBuffer: 1 << 26 });
}

const isBuilt = existsSync(join(root, 'dist/.built'));

describe.skipIf(!isBuilt)('the package in a project of somebody else (needs a build: npm run build)', () => {
  beforeAll(() => {
    const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', join(project, filename), '-C', installed, '--strip-components=1']);
    // Only what the package says that it needs is there, as after `npm install`.
    for (const name of Object.keys(manifest.dependencies)) {
      mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
    }
    write('package.json', '{ "name": "consumer", "private": true, "type": "module" }');
    const compilerOptions = {
      target: 'es2022',
      module: 'nodenext',
      moduleResolution: 'nodenext',
      lib: ['es2023', 'dom'],
      types: [],
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      outDir: 'out',
      rootDir: 'src',
    };
    write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
    write('src/main.ts', program);
    compiled = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], {
      cwd: project,
      encoding: 'utf8',
    });
  });

  it('compiles under strict settings with all types looked at, and wrong uses are refused', () => {
    expect([compiled.stdout, compiled.status]).toEqual(['', 0]);
  });

  it('runs, with its database, without a file outside of the package', () => {
    const { stdout, stderr } = node('out/main.js');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      name: 'string',
      disks: true,
      memory: true,
      minimum: true,
      same: true,
      places: ['bundled', 'local', 'user'],
      issues: [],
      refused: 'no-database',
      kickstart: 'function',
      options: {},
      unused: ['string', 'number'],
    });
  });

  it('has all that it exports and all its programs, and nothing of ours that nobody needs', () => {
    for (const path of Object.values(manifest.bin))
      expect([path, existsSync(join(installed, path))]).toEqual([path, true]);
    expect(readdirSync(installed).sort()).toEqual(
      ['LICENSE', 'README.md', 'db', 'dist', 'docs', 'kickstarts', 'package.json', 'schema'].sort(),
    );
    expect(existsSync(join(installed, 'schema/osinfo.rng'))).toBe(true);
    expect(node('-e', "require('guestwright/osinfo/open.js')").stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('its programs work from there: a query, the grammar of the bundled database, an archive of it', () => {
    const run = (name: string, ...args: string[]) => node(join(installed, manifest.bin[name]!), ...args);
    const query = run('osinfo-query', 'os', 'short-id=debian12', '--fields=short-id');
    expect([query.stdout.includes('debian12'), query.stderr, query.status]).toEqual([true, '', 0]);
    const file = join(installed, 'db/os/debian.org/debian-12.xml');
    const valid = run('osinfo-db-validate', file);
    expect([valid.stderr, valid.status]).toEqual(['', 0]);
    const exported = run('osinfo-db-export', '--dir', join(installed, 'db'), '--version', '1', 'db.tar.xz');
    expect([exported.stderr, exported.status]).toEqual(['', 0]);
    const names = execFileSync('tar', ['-tJf', join(project, 'db.tar.xz')], { encoding: 'utf8' });
    expect(names).toContain('osinfo-db-1/schema/osinfo.rng');
    const asked = run('osinfo-query', '--db', 'db.tar.xz', 'os', 'short-id=debian12', '--fields=short-id');
    expect([asked.stdout, asked.stderr]).toEqual([query.stdout, '']);
  });
});
