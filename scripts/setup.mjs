// SPDX-License-Identifier: Apache-2.0
// Sets up all that a command of this repository needs, and says what it does. Uses nothing but Node itself: it runs
// before there are any packages.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BENCH, BOOT, BUILD, IMAGES, INSTALL, LIBVIRT, MEDIUM, SCRIPT, TEST, TEST_SERVICES } from './packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A step that a person follows: what is done, and how long it took. */
function step(text, work) {
  process.stdout.write(`setup: ${text} …\n`);
  const started = Date.now();
  work();
  process.stdout.write(`setup: ${text}: done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

class SetupError extends Error {}

/** Runs a program with its output kept unless it fails. */
function runQuiet(program, args, env = {}) {
  const result = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (result.status === 0) return;
  const lines = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n');
  // npm says the cause first, apt last.
  const said = (lines.length > 24 ? [...lines.slice(0, 12), '…', ...lines.slice(-12)] : lines).join('\n');
  throw new SetupError(`${program} ${args.slice(0, 2).join(' ')} failed:\n${said || result.error?.message}`);
}

function isInstalled(name) {
  const result = spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' });
  return result.status === 0 && result.stdout.endsWith(' installed');
}

/** Debian's packages of these groups that are not there. */
function missingPackages(groups) {
  return [...new Set(groups.flat())].filter((name) => !isInstalled(name));
}

function installPackages(groups) {
  if (spawnSync('dpkg-query', ['--version']).status !== 0) {
    throw new SetupError(
      'this is no Debian: images are built and started with Debian’s packages, which cannot be installed here.\n' +
        `What is wanted: ${[...new Set(groups.flat())].join(' ')}.\n` +
        'Still at work here after `npm ci && npm run build`: osinfo-query, guestwright recommend, guestwright sizes (node dist/bin/…).',
    );
  }
  const missing = missingPackages(groups);
  if (missing.length === 0) return;
  const root0 = process.getuid() === 0;
  if (!root0 && spawnSync('sudo', ['-n', 'true']).status !== 0 && !process.stdin.isTTY) {
    throw new SetupError(
      `these packages are missing and there is no right to install them: run\n  sudo apt-get install --no-install-recommends ${missing.join(' ')}`,
    );
  }
  const apt = (args) => {
    const words = [...(root0 ? [] : ['sudo']), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args];
    runQuiet(words[0], words.slice(1));
  };
  step(`installing from Debian: ${missing.join(' ')}`, () => {
    try {
      apt(['install', '-y', '--no-install-recommends', ...missing]);
    } catch {
      // The usual cause is a list of packages that is too old, or none at all.
      apt(['update']);
      apt(['install', '-y', '--no-install-recommends', ...missing]);
    }
  });
}

function installNodePackages() {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  step('installing the Node packages (npm ci)', () => runQuiet('npm', ['ci', '--no-audit', '--no-fund']));
}

function newestSource(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.endsWith('.ts'))
      newest = Math.max(newest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  }
  return newest;
}

function buildDist() {
  const built = join(root, 'dist/.built');
  const sources = Math.max(...['osinfo', 'builder', 'tools'].map((name) => newestSource(join(root, name))));
  if (existsSync(built) && statSync(built).mtimeMs >= sources) return;
  step('building dist/', () => runQuiet(process.execPath, ['scripts/build.mjs']));
}

/**
 * Everything for `purpose`: 'build', 'quickstart' (also boots), 'test', 'images', 'install', 'libvirt' or 'bench'. Ends the
 * process with one clear text when something cannot be had.
 */
export function setUp(purpose) {
  const [major] = process.versions.node.split('.').map(Number);
  try {
    if (major < 20) throw new SetupError(`Node ${process.versions.node} is too old: 20 or newer is needed`);
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const test = [BUILD, BOOT, TEST, existsSync('/run/systemd/system') ? [] : TEST_SERVICES];
    installPackages(
      {
        build: [BUILD],
        quickstart: [BUILD, BOOT],
        test,
        images: [...test, IMAGES],
        install: [BOOT, SCRIPT, INSTALL],
        libvirt: [BUILD, BOOT, SCRIPT, LIBVIRT, MEDIUM],
        bench: [BUILD, BENCH],
      }[purpose],
    );
    installNodePackages();
    buildDist();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`setup: ${error.message}\n`);
    process.exit(1);
  }
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  setUp(process.argv[2] ?? 'build');
  process.stdout.write('setup: everything is there\n');
}
