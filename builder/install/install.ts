// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../osinfo/doors/cache.js';
import { provideFolder } from '../../osinfo/doors/folders.js';
import { run, showCommand } from '../../osinfo/doors/process.js';
import { readSmallFile } from '../../osinfo/doors/small-file.js';
import { InputError, WorkError } from '../../osinfo/errors.js';
import type { Db, InstallScript } from '../../osinfo/model/types.js';
import type { InstallConfig } from '../../osinfo/script/config.js';
import { scriptsOfOs } from '../../osinfo/script/of-os.js';
import { type Acceleration, probeAcceleration } from '../boot-test/accelerator.js';
import { probeEmulator } from '../boot-test/emulators.js';
import { findDomain, nameTaken } from '../libvirt/domains.js';
import { isRemote, Virsh } from '../libvirt/virsh.js';
import { firmwareOf } from '../machine/plan-run.js';
import { hostPlatform } from '../machine/platform.js';
import { checksumFile } from '../output/checksum.js';
import { withoutPassword } from '../plan/rpm/address.js';
import { probeTools } from '../run/probes.js';
import { publish } from '../run/publish.js';
import { makeWorkFolder } from '../run/work-folder.js';
import { installMachine } from '../virt-image/install-machine.js';
import { askMachineHost } from '../virt-image/machine-host.js';
import { planMachine } from '../virt-image/plan-machine.js';
import { readVirtImage } from '../virt-image/read.js';
import { chooseInjection } from './choose-injection.js';
import { describeMachine, type InstallRecord } from './describe-machine.js';
import type { FetchProgress } from './download-file.js';
import { type FetchedMedium, fetchMedium } from './fetch-medium.js';
import { type FindOptions, type FoundInstaller, findInstaller } from './find-installer.js';
import { makeAnswers } from './make-answers.js';
import { fileNames, type InstallPlan, type InstallWishes, planInstall } from './plan-install.js';
import { type Answers, prepareMedia } from './prepare-media.js';
import { readMedium } from './read-medium.js';
import { InstallationError, type InstallLimits, type InstallProgress, runInstallation } from './run-installation.js';

/** What is to be installed, and how. */
export interface SystemRequest extends Omit<FindOptions, 'unattended'> {
  /** A short id, an address, or the path of an ISO image. */
  readonly what: string;
  /** The script that answers the installer; absent: a person does, on the console. */
  readonly script?: {
    /** `jeos`, `desktop`. */
    readonly profile: string;
    /** What kind it is, in its installer's word: `preseed`, `kickstart`. Default: any that the OS has. */
    readonly kind?: string;
  };
  /** What the script is told. */
  readonly config: InstallConfig;
  readonly wishes: InstallWishes;
  readonly to: 'qemu' | 'libvirt';
}

/** An installation that is decided on. */
export interface PreparedInstallation {
  readonly plan: InstallPlan;
  readonly found: FoundInstaller;
  readonly answers?: Answers;
}

/**
 * Finds the medium, the script and the machine; reads labels, and changes nothing.
 * @throws InputError, NotFoundError, HttpError, MissingError with one line for a person
 */
export async function prepareInstallation(db: Db, request: SystemRequest): Promise<PreparedInstallation> {
  const { script } = request;
  const found = await findInstaller(db, request.what, { ...request, unattended: script !== undefined });
  const { os, arch, medium } = found;
  const scripts = script === undefined ? [] : chooseScripts(db, found, script);
  const plan = planInstall({
    ...found,
    ...(script === undefined
      ? {}
      : { answers: { profile: script.profile, scripts, injection: chooseInjection(os, arch, medium.media, scripts) } }),
    platform: await hostPlatform(db, arch),
    wishes: request.wishes,
    to: request.to,
  });
  if (script === undefined) return { plan, found };
  return { plan, found, answers: await makeAnswers(db, found, plan, scripts, request.config) };
}

/** @throws InputError where there is no script for the OS, or none of the profile or the kind */
function chooseScripts(
  db: Db,
  { os, medium }: FoundInstaller,
  { profile, kind }: NonNullable<SystemRequest['script']>,
): InstallScript[] {
  const all = scriptsOfOs(db, os, medium.media);
  const ofKind = all.filter(({ id }) => kind === undefined || id.split('/').includes(kind));
  const scripts = ofKind.filter((script) => script.profile === profile);
  if (scripts.length > 0) return scripts;
  const name = os.name ?? os.id;
  const list = (words: readonly (string | undefined)[]): string => [...new Set(words)].join(', ');
  throw new InputError(
    'no-script',
    all.length === 0
      ? `the database has no install script for ${name}; say --script none, and answer its installer on the console`
      : ofKind.length === 0
        ? `${name} has no install script of kind ${kind?.slice(0, 60)}; it has ${list(all.map(({ id }) => id.split('/').at(-2)))}`
        : `${name} has no install script of profile ${profile.slice(0, 60)}; it has ${list(ofKind.map((one) => one.profile))}`,
  );
}

export interface SystemOptions {
  readonly connect?: string;
  readonly display: 'none' | 'vnc' | 'gtk' | 'sdl';
  readonly limits?: Partial<InstallLimits>;
  /** Where media are kept. Default: the cache. */
  readonly mediaFolder?: string;
  readonly onStep?: (text: string) => void;
  readonly onWarning?: (text: string) => void;
  readonly onFetch?: (progress: FetchProgress) => void;
  readonly onInstall?: (progress: InstallProgress) => void;
  readonly onLine?: (line: string) => void;
  readonly onScreen?: (address: string) => void;
  readonly signal?: AbortSignal;
}

/** What was made. */
export interface InstalledSystem {
  readonly folder: string;
  readonly files: readonly string[];
  readonly record: InstallRecord;
  /** The machine that libvirt knows now. */
  readonly domain?: { readonly name: string; readonly uuid: string };
}

/**
 * Fetches the medium, runs the installer to its end, and puts the machine with its descriptions into its folder, all of
 * it at once; for libvirt the machine is defined there. What fails, or is stopped, leaves nothing but the medium.
 * @throws InputError, WorkError, MissingError with one line for a person
 */
export async function installSystem(
  db: Db,
  { plan, found, answers }: PreparedInstallation,
  options: SystemOptions,
): Promise<InstalledSystem> {
  const { signal } = options;
  const step = options.onStep ?? (() => undefined);
  const warn = options.onWarning ?? (() => undefined);
  const names = fileNames(plan.name);
  refuseTaken(plan);
  const uefi = probeEmulator(plan.arch, plan.machine.firmware.type === 'uefi' ? 'uefi' : 'bios');
  probeTools([{ program: 'qemu-img', package: 'qemu-utils' }]);
  const firmware = uefi && firmwareOf(plan.machine, uefi);
  const virsh = plan.to === 'libvirt' ? await reachLibvirt(plan, options.connect) : undefined;
  const acceleration = await probeAcceleration(plan.arch);
  const medium = await obtainMedium(db, found, options);
  provideFolder(dirname(plan.folder));
  const work = await makeWorkFolder(join(dirname(plan.folder), '.guestwright-install'));
  try {
    const media = await prepareMedia(plan, medium.path, answers, work.path);
    const disk = join(work.path, names.disk);
    await run(['qemu-img', 'create', '-q', '-f', plan.disk.format, disk, String(plan.disk.bytes)]);
    const variables = firmware && join(work.path, names.variables);
    if (firmware && variables) copyFileSync(firmware.variables, variables);
    step(`installing ${plan.os.name ?? plan.os.id}, ${howAccelerated(acceleration)}`);
    const installation = await runInstallation(
      plan,
      {
        disk,
        media,
        accelerator: acceleration.accelerator,
        display: options.display,
        ...(firmware && variables ? { firmware: { code: firmware.code, variables } } : {}),
      },
      {
        ...options,
        attended: answers === undefined,
        ...(answers?.hostname === undefined ? {} : { hostname: answers.hostname }),
      },
    ).catch((error: unknown) => {
      throw keepConsole(error, plan);
    });
    step(`describing ${plan.name}`);
    const described = await describeMachine({
      plan,
      medium,
      installation,
      accelerator: acceleration.accelerator,
      folder: work.path,
      db,
    });
    described.warnings.forEach(warn);
    if (signal?.aborted) throw new WorkError('interrupted', 'the installation was stopped; nothing of it is kept');
    refuseTaken(plan);
    await publish(work.path, plan.folder, described.files);
    const made = { folder: plan.folder, files: described.files, record: described.record };
    return virsh === undefined ? made : { ...made, domain: await defineMachine(virsh, plan, db, warn) };
  } finally {
    await work.remove();
    // Where no name spaces can be had the folder's guard could not begin.
    rmSync(work.path, { recursive: true, force: true });
  }
}

function refuseTaken({ folder, files }: InstallPlan): void {
  const there = files.find((file) => existsSync(join(folder, file)));
  if (there === undefined) return;
  throw new InputError(
    'taken',
    `${join(folder, there)} is there already; give another --name or --output, or remove it`,
  );
}

/**
 * @throws InputError for a name that is taken, and for another machine's libvirt, which would not find the disk
 * @throws WorkError for a libvirt that does not answer
 */
async function reachLibvirt({ name, folder }: InstallPlan, connect: string | undefined): Promise<Virsh> {
  const virsh = new Virsh(connect);
  const uri = connect ?? (await virsh.call(['uri'])).trim();
  if (isRemote(uri)) {
    const deploy = showCommand(['guestwright', 'deploy', folder, '--to', 'libvirt', '--connect', uri]);
    throw new InputError(
      'remote',
      `the libvirt of ${uri.slice(0, 200)} is on another machine: install without --to, then ${deploy.slice(0, 500)} brings it there`,
    );
  }
  if (await findDomain(virsh, name)) throw nameTaken(name);
  return virsh;
}

async function obtainMedium(
  db: Db,
  { os, medium, place }: FoundInstaller,
  options: SystemOptions,
): Promise<Pick<FetchedMedium, 'path' | 'bytes' | 'sha256' | 'verified'>> {
  const { signal, onStep, onWarning } = options;
  if (place.kind === 'file') {
    const { sha256 } = await checksumFile(place.path, ['sha256'], signal);
    return { path: place.path, bytes: await bytesOf(place.path), sha256 };
  }
  onStep?.(`fetching ${withoutPassword(place.address)}`);
  const fetched = await fetchMedium(place.address, {
    ...(options.mediaFolder === undefined ? {} : { folder: options.mediaFolder }),
    ...(os.distro === undefined ? {} : { distro: os.distro }),
    ...(options.onFetch === undefined ? {} : { onProgress: options.onFetch }),
    ...(onStep === undefined ? {} : { onNote: onStep }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (fetched.verified) onStep?.(`its ${fetched.verified.type} is what ${fetched.verified.address} says`);
  else onWarning?.('no checksum of the medium is published beside it: it was taken as it came');
  // A medium of a short id has not been looked at before.
  const read = await readMedium(db, fetched.path, os);
  if (medium.volumeId === undefined && read.media === undefined) onWarning?.(read.why);
  return fetched;
}

async function bytesOf(path: string): Promise<number> {
  const { openSource } = await import('../../osinfo/detect/source/open.js');
  const source = await openSource(path);
  try {
    return source.size() ?? 0;
  } finally {
    await source.close();
  }
}

function howAccelerated(acceleration: Acceleration): string {
  return acceleration.accelerator === 'kvm' ? 'with KVM' : `emulated without KVM, which is slow: ${acceleration.why}`;
}

/** Where the console's text is kept, for who wants to look. */
function keepConsole(error: unknown, { name }: InstallPlan): unknown {
  const folder = error instanceof InstallationError ? cacheFolder('logs') : undefined;
  if (folder === undefined || !(error instanceof InstallationError)) return error;
  const log = join(folder, `failed-install-${name}.log`);
  try {
    writeFileSync(log, error.console, { mode: 0o600 });
  } catch {
    return error;
  }
  return new InstallationError(error.code, `${error.message} (console: ${log})`, error.console, { cause: error });
}

/** The machine is there whatever libvirt says: hours of installing are not thrown away. */
async function defineMachine(
  virsh: Virsh,
  plan: InstallPlan,
  db: Db,
  warn: (text: string) => void,
): Promise<{ readonly name: string; readonly uuid: string }> {
  const file = join(plan.folder, fileNames(plan.name).virtImage);
  try {
    const image = readVirtImage(readSmallFile(file, 1024 * 1024), file);
    const machine = await planMachine(image, {}, await askMachineHost(virsh), () => db);
    machine.warnings.forEach(warn);
    await installMachine(virsh, machine, { file, replace: false, start: false, skipChecksum: true });
    return { name: machine.name, uuid: machine.uuid };
  } catch (error) {
    const connect = virsh.uri === undefined ? [] : ['--connect', virsh.uri];
    const again = showCommand(['virt-image', ...connect, '--noreboot', file]);
    throw new WorkError(
      'define',
      `${plan.name} is installed in ${plan.folder}, and libvirt does not take it: ${(error as Error).message}; ${again} tries again`,
      { cause: error },
    );
  }
}
