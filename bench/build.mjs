// SPDX-License-Identifier: Apache-2.0
// A whole build beside the plain tools it stands on, with the same packages from the same mirror, one after the other.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure, mib, printTable, root, times } from './measure.mjs';

export const summary = 'build an appliance, beside mmdebstrap + mke2fs + qemu-img alone (some minutes)';

const KICKSTART = 'kickstarts/debian-12-minimal.ks';
const GUESTWRIGHT = [process.execPath, join(root, 'dist/bin/guestwright.js')];

/** An ordinary user is root in a user name space, as mmdebstrap makes it too. */
const AS_ROOT = process.getuid() === 0 ? [] : ['unshare', '--map-auto', '--map-root-user', '--'];

export async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-bench-'));
  // mmdebstrap's name space has other ids than ours, and must get in.
  chmodSync(folder, 0o755);
  try {
    const plan = JSON.parse((await measure([...GUESTWRIGHT, 'build', KICKSTART, '--dry-run', '--json'])).stdout);
    console.log(`${plan.name} (${plan.os.name}), packages from ${plan.install.sourcesWhy}`);
    const ours = await buildOurs(folder);
    const floor = await buildFloor(plan, folder);
    print(ours, floor);
    comparePackages(ours.packages, floor.packages);
  } finally {
    spawnSync(...command([...AS_ROOT, 'rm', '-rf', '--', folder]));
  }
}

function command([program, ...words]) {
  return [program, words, { stdio: 'inherit' }];
}

/** Twice: with an empty cache, and once more with another `%post`. */
async function buildOurs(folder) {
  const env = { ...process.env, GUESTWRIGHT_CACHE_DIR: join(folder, 'cache') };
  const changed = join(folder, 'changed.ks');
  writeFileSync(changed, `${readFileSync(join(root, KICKSTART), 'utf8')}\n%post\necho changed >>/etc/motd\n%end\n`);
  const build = async (file, name) => {
    console.log(`guestwright build, ${name} …`);
    const out = join(folder, name);
    const figures = await measure([...GUESTWRIGHT, 'build', file, '-n', 'bench', '-f', 'qcow2', '-q', '-o', out], {
      env,
    });
    const manifest = JSON.parse(readFileSync(join(out, 'bench.manifest.json'), 'utf8'));
    return { ...figures, manifest, image: sizesOf(join(out, manifest.disks[0].images[0].file)) };
  };
  const cold = await build(KICKSTART, 'cold');
  const warm = await build(changed, 'warm');
  return { cold, warm, packages: cold.manifest.packages.map(nameAndVersion) };
}

/** What a person would do by hand: a tar, a file system from it, a compressed image. It does not boot. */
async function buildFloor(plan, folder) {
  console.log('mmdebstrap, tar, mke2fs, qemu-img …');
  const { install } = plan;
  const at = (name) => join(folder, name);
  const size = plan.disks[0].partitions.find((partition) => partition.mountpoint === '/').sizeBytes;
  const env = { ...process.env, TMPDIR: folder };
  mkdirSync(at('tree'));
  const steps = {
    mmdebstrap: await measure(
      [
        'mmdebstrap',
        `--variant=${install.variant === 'minbase' ? 'minbase' : 'important'}`,
        `--include=${install.packages.map((one) => one.name).join(',')}`,
        `--architectures=${plan.arch.packages}`,
        `--aptopt=APT::Install-Recommends "${install.recommends}"`,
        ...install.aptOptions.map((option) => `--aptopt=${option}`),
        ...(install.keyring === undefined ? [] : [`--keyring=${install.keyring}`]),
        install.sources[0].suite,
        at('floor.tar'),
        ...install.sources.map(({ uri, suite, components, options }) =>
          ['deb', ...(options === undefined ? [] : [`[${options}]`]), uri, suite, ...components].join(' '),
        ),
      ],
      { env },
    ),
    // Device nodes cannot be made in a name space, and the kernel makes its own.
    tar: await measure([...AS_ROOT, 'tar', '-xpf', at('floor.tar'), '--exclude=./dev/*', '-C', at('tree')]),
    mke2fs: await measure([
      ...AS_ROOT,
      'mke2fs',
      '-q',
      '-t',
      'ext4',
      '-d',
      at('tree'),
      at('floor.raw'),
      `${size / 1024}k`,
    ]),
    'qemu-img': await measure(['qemu-img', 'convert', '-c', '-O', 'qcow2', at('floor.raw'), at('floor.qcow2')]),
  };
  const { stdout } = await measure([...AS_ROOT, 'cat', at('tree/var/lib/dpkg/status')]);
  const all = Object.values(steps);
  return {
    steps,
    seconds: all.reduce((sum, step) => sum + step.seconds, 0),
    processKiB: Math.max(...all.map((step) => step.processKiB)),
    machineKiB: Math.max(...all.map((step) => step.machineKiB)),
    image: sizesOf(at('floor.qcow2')),
    packages: parseStatus(stdout),
  };
}

function sizesOf(path) {
  const { size, blocks } = statSync(path);
  return { lengthBytes: size, allocationBytes: blocks * 512 };
}

function nameAndVersion({ name, version }) {
  return `${name} ${version}`;
}

function parseStatus(text) {
  return text.split('\n\n').flatMap((stanza) => {
    const field = (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
    return field('Status')?.endsWith(' installed')
      ? [nameAndVersion({ name: field('Package'), version: field('Version') })]
      : [];
  });
}

function print(ours, floor) {
  const row = (name, one) => [
    name,
    `${one.seconds.toFixed(1)} s`,
    times(one.seconds / floor.seconds),
    mib(one.processKiB * 1024),
    times(one.processKiB / floor.processKiB),
    mib(one.machineKiB * 1024),
    times(one.machineKiB / floor.machineKiB),
    mib(one.image.lengthBytes),
    times(one.image.lengthBytes / floor.image.lengthBytes),
  ];
  printTable(
    ['', 'time', '', 'largest process', '', 'memory in all', '', 'qcow2', ''],
    [
      row('the plain tools (the floor)', floor),
      row('guestwright, nothing kept', ours.cold),
      row('guestwright, another %post', ours.warm),
    ],
  );
  printTable(
    ['the plain tools', 'time'],
    Object.entries(floor.steps).map(([name, { seconds }]) => [name, `${seconds.toFixed(1)} s`]),
  );
  const stages = ours.cold.manifest.stages;
  printTable(
    ['guestwright', 'nothing kept', 'another %post'],
    stages.map(({ stage, ms }) => {
      const again = ours.warm.manifest.stages.find((one) => one.stage === stage);
      return [
        stage,
        `${(ms / 1000).toFixed(1)} s`,
        `${((again?.ms ?? 0) / 1000).toFixed(1)} s${again?.cached ? ' (kept)' : ''}`,
      ];
    }),
  );
}

/** The figures mean something only when both have the same in them. */
function comparePackages(ours, floor) {
  const onlyOurs = ours.filter((one) => !floor.includes(one));
  const onlyFloor = floor.filter((one) => !ours.includes(one));
  if (onlyOurs.length + onlyFloor.length === 0) console.log(`both have the same ${ours.length} packages`);
  else
    console.log(
      `packages differ: only guestwright: ${onlyOurs.join(', ') || 'none'}; only the floor: ${onlyFloor.join(', ') || 'none'}`,
    );
}
