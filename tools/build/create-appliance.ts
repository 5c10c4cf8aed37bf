// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkName } from '../../builder/plan/appliance.js';
import type { ImageFormat } from '../../builder/plan/types.js';
import { makeWorkFolder, type WorkFolder } from '../../builder/run/work-folder.js';
import { cachePath } from '../../osinfo/doors/cache.js';
import { isReproducible, outputEpoch } from '../../osinfo/doors/clock.js';
import { fetchBytes } from '../../osinfo/doors/http.js';
import { GuestwrightError, InputError, WorkError } from '../../osinfo/errors.js';
import type { CreatorOptions } from '../appliance-creator.js';
import { copyIncluded, type IncludedEntry, moveEntries, readIncluded } from './included-files.js';
import { packAppliance, probePackaging } from './package.js';
import { runBuild } from './run-build.js';

/** No kickstart is larger. */
const MOST_KICKSTART_BYTES = 4 * 1024 * 1024;

/**
 * Does what appliance-creator was asked for, in the original's order: options, the kickstart, the build, the package.
 * @throws InputError for what the original calls usage, WorkError with its words for the rest
 */
export async function createAppliance(options: CreatorOptions): Promise<void> {
  const { config, include, outdir, package: packaging } = options;
  const address = config !== undefined && /^https?:\/\//i.test(config) && !existsSync(config);
  const path = config?.startsWith('file://') && !existsSync(config) ? fileURLToPath(config) : config;
  if (config === undefined || path === undefined || !(address || existsSync(path)))
    throw new InputError('config', `Kickstart config '${config ?? 'None'}' does not exist`);
  if (include !== undefined && !existsSync(include))
    throw new InputError('include', `included file '${include}' does not exist`);
  const name = options.name ?? defaultName(config);
  checkName(name);
  probePackaging(packaging);
  const included = include === undefined ? [] : readIncluded(include, ownNames(name), join(outdir, name));
  if (options.cache !== undefined) process.env['GUESTWRIGHT_CACHE_DIR'] = options.cache;
  const folders: WorkFolder[] = [];
  const makeFolder = async (parent: string): Promise<string> => {
    const folder = await makeWorkFolder(parent);
    folders.push(folder);
    return folder.path;
  };
  try {
    const file = address ? await download(config, await makeFolder(join(cachePath(), 'work'))) : path;
    checkReadable(config, file);
    // What is packed or added to lies beside the result until it is whole.
    const direct = packaging === 'none' && included.length === 0;
    const staging = direct ? outdir : () => makeFolder(join(outdir, '.guestwright-work'));
    await buildIn({ options, config, file, name, staging, included });
  } finally {
    for (const folder of folders) await folder.remove();
  }
}

interface Work {
  readonly options: CreatorOptions;
  /** As it was given. */
  readonly config: string;
  /** Where it lies. */
  readonly file: string;
  readonly name: string;
  /** The folder in which the appliance's own is made. */
  readonly staging: string | (() => Promise<string>);
  readonly included: readonly IncludedEntry[];
}

async function buildIn({ options, config, file, name, staging, included }: Work): Promise<void> {
  const { outdir, package: packaging, format, compress } = options;
  const place = typeof staging === 'string' ? staging : await staging();
  const image: ImageFormat = format === 'raw' && compress ? 'raw.xz' : format;
  await inOriginalWords(config, file, async () => {
    await runBuild({
      file,
      outputFolder: join(place, name),
      placedIn: resolve(outdir, name),
      name,
      ...(options.version === undefined ? {} : { version: options.version }),
      ...(options.release === undefined ? {} : { release: options.release }),
      formats: [image],
      namedByFormat: true,
      os: options.os,
      mirror: options.mirror,
      db: undefined,
      platform: undefined,
      memoryMiB: options.vmem,
      vcpus: options.vcpu,
      checksum: options.checksum === true,
      compress,
      postOffline: false,
      tmpFolder: options.tmpdir,
      dryRun: false,
      json: false,
      summary: false,
      loudness: options.quiet ? 'quiet' : options.verbose || options.debug ? 'verbose' : 'normal',
      ...(options.logfile === undefined ? {} : { logFile: options.logfile }),
    });
    if (typeof staging === 'string') return;
    copyIncluded(included, join(place, name));
    if (packaging === 'none') moveEntries(join(place, name), join(outdir, name));
    else await packAppliance({ staging: place, outputFolder: outdir, name, packaging });
  });
}

/** Names that files of the appliance have: nothing that is included may take the place of one. */
function ownNames(name: string): (entry: string) => boolean {
  const own = ['xml', 'libvirt.xml', 'manifest.json', 'packages.txt', 'spdx.json', 'cdx.json'];
  const files = new Set([...own, 'SHA256SUMS', 'SHA512SUMS'].map((suffix) => `${name}.${suffix}`));
  return (entry) =>
    files.has(entry) || (entry.startsWith(`${name}-`) && /\.(?:raw(?:\.xz)?|qcow2|vmdk|vdi|vhdx|vpc)$/.test(entry));
}

/** What an appliance is called that nobody gave a name: the kickstart's, and the time to the minute. */
export function defaultName(config: string): string {
  return `${baseName(config)}-${timeStamp()}`;
}

/** The kickstart's name without folder and ending, of an address too. */
function baseName(config: string): string {
  const path = /^(?:https?|file):\/\//i.test(config) ? new URL(config).pathname : config;
  return basename(path).replace(/\.[^.]*$/, '');
}

async function download(address: string, folder: string): Promise<string> {
  try {
    const bytes = await fetchBytes(address, { maxBytes: MOST_KICKSTART_BYTES });
    const file = join(folder, `${baseName(address).replace(/[^\w.+-]/g, '_') || 'kickstart'}.ks`);
    writeFileSync(file, bytes);
    return file;
  } catch (error) {
    throw unreadable(address, error);
  }
}

/** The original tells a file that cannot be read from one that makes no sense. */
function checkReadable(config: string, file: string): void {
  try {
    readFileSync(file);
  } catch (error) {
    throw unreadable(config, error);
  }
}

function unreadable(config: string, error: unknown): WorkError {
  const why = (error as Error).message;
  return new WorkError(
    'kickstart-read',
    `Unable to load kickstart file '${config}' : Failed to read kickstart file '${config}' : ${why}`,
    { cause: error },
  );
}

/** A kickstart that cannot be used and a build that fails both end with 1 there, each with its own words. */
async function inOriginalWords(config: string, file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GuestwrightError)) throw error;
    // Of a download people know the address.
    const message = error.message.replaceAll(file, config);
    const wrongKickstart = error instanceof InputError && error.at?.file === file;
    const whole = wrongKickstart
      ? `Unable to load kickstart file '${config}' : Failed to parse kickstart file '${config}' : ${message}`
      : `Unable to create appliance : ${message}`;
    throw new WorkError(error.code, whole, { cause: error });
  }
}

/** `202611212103`, local time, as the original names appliances; of SOURCE_DATE_EPOCH it is UTC. */
function timeStamp(): string {
  const seconds = outputEpoch();
  const shift = isReproducible() ? 0 : new Date(seconds * 1000).getTimezoneOffset() * 60;
  return new Date((seconds - shift) * 1000).toISOString().replace(/[-T:]/g, '').slice(0, 12);
}
