// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { FormatRequest } from '../../osinfo/formats/types.js';
import type { Db, Os, Platform } from '../../osinfo/model/types.js';
import { openDb } from '../../osinfo/open.js';
import { chooseArch } from '../../osinfo/recommend/archs.js';
import { deploymentFor } from '../../osinfo/recommend/deployment.js';
import { platformNames } from '../../osinfo/recommend/host/combine.js';
import { recommend } from '../../osinfo/recommend/index.js';
import type { HostFacts, Recommendation, RecommendInput } from '../../osinfo/recommend/types.js';
import type { RecommendOptions } from '../commands/recommend.js';
import { printJson } from '../main.js';
import type { Medium } from './medium.js';
import { overridesOf } from './overrides.js';
import { formatExplanation, formatOneLine, formatTable } from './text.js';

/**
 * Does what the command line of `guestwright recommend` says.
 * @throws InputError for an unknown OS or platform, a contradiction, a wrong combination of options
 */
export async function runRecommend(given: string | undefined, asked: RecommendOptions): Promise<void> {
  const options = await withPlatform(asked);
  const db = openDb(options.db === undefined ? {} : { db: options.db });
  const medium = await mediumOf(db, options);
  const name = given ?? mediumName(medium, options);
  const host = await hostOf(db, name, medium, options);
  const platform = platformOf(db, host, options);
  const place: Place = {
    db,
    platform,
    ...(host === undefined ? {} : { host }),
    ...(medium && { media: medium.support }),
  };
  if (options.compat !== undefined) {
    const { runCompat } = await import('./compat.js');
    const requestFor = (os: Os): FormatRequest => requestOf(os.shortId, options);
    return runCompat(options.compat, name, options, { db, platform, host, requestFor });
  }
  if (options.diff !== undefined) {
    const { runDiff } = await import('./diff.js');
    return runDiff(options.diff, name === undefined ? undefined : inputOf(db.os(name), place, options), options);
  }
  const format = options.json ? 'json' : options.format;
  if (options.all) return recommendAll(db, place, given, format, options);
  if (name === undefined)
    throw new InputError('recommend-os', 'name an OS (guestwright query os lists them), or say --all');
  const one = ask(db.os(name), place, options);
  if (format === 'json') return printJson(one);
  if (format === 'text') {
    print(options.explain ? formatExplanation(one) : formatTable(one, process.stdout.columns ?? 100));
    return;
  }
  const { formatRecommendation, formats } = await import('../../osinfo/formats/index.js');
  const request = requestOf(one.os.shortId, options);
  // What makes disks itself is not given one that nobody named.
  const makes = options.image.length === 0 && formats.some((known) => known.name === format && known.makesDisks);
  const { text, warnings } = formatRecommendation(format, one, makes ? { ...request, disks: [] } : request);
  for (const warning of warnings) process.stderr.write(`guestwright recommend: warning: ${warning}\n`);
  print(text);
}

/** Who names a hypervisor's format and neither platform nor host means that hypervisor, and is told so. */
async function withPlatform(options: RecommendOptions): Promise<RecommendOptions> {
  const { platform, host, capabilities, domcapabilities, format, json } = options;
  if (platform !== undefined || host !== undefined || capabilities !== undefined || domcapabilities.length > 0)
    return options;
  if (json || format === 'text' || format === 'json') return options;
  const { formats } = await import('../../osinfo/formats/index.js');
  const usual = formats.find(({ name }) => name === format)?.platform;
  if (usual === undefined || usual === 'kvm') return options;
  process.stderr.write(`guestwright recommend: for ${format} the platform is ${usual}; say another with --platform\n`);
  return { ...options, platform: usual };
}

/** Where a machine is to run, and what from. */
type Place = Pick<RecommendInput, 'platform' | 'host' | 'media'> & { readonly db: Db };

async function mediumOf(db: Db, { media }: RecommendOptions): Promise<Medium | undefined> {
  if (media === undefined) return undefined;
  const { openMedium } = await import('./medium.js');
  return openMedium(db, media);
}

/** The OS that the medium is of: where none was named, it has to be one that is known. */
function mediumName(medium: Medium | undefined, { media, all }: RecommendOptions): string | undefined {
  if (medium === undefined || all) return undefined;
  if (medium.os) return medium.os.id;
  throw new InputError('recommend-media', `${media} is of no OS that the database knows; name the OS as well`);
}

async function hostOf(
  db: Db,
  name: string | undefined,
  medium: Medium | undefined,
  options: RecommendOptions,
): Promise<HostFacts | undefined> {
  const { host, capabilities, domcapabilities } = options;
  if (host === undefined && capabilities === undefined && domcapabilities.length === 0) return undefined;
  const { openHost } = await import('./host.js');
  const source = {
    ...(host === undefined ? {} : { host }),
    ...(capabilities === undefined ? {} : { capabilities }),
    domcapabilities,
  };
  return openHost(source, (found) => {
    const usual = found.arch === 'x86_64' ? ['x86_64', 'i686'] : [found.arch ?? 'x86_64'];
    const question = { asked: options.arch, media: medium?.support, host: found };
    const archs = name === undefined ? usual : [chooseArch(db.os(name), platformOf(db, found, options), question)];
    return { archs, virt: options.virt };
  });
}

/** As asked, else the hypervisor of the host in its version, as far as the database has it. */
function platformOf(db: Db, host: HostFacts | undefined, { platform }: RecommendOptions): Platform {
  if (platform !== undefined) return db.platform(platform);
  const names = host === undefined ? [] : platformNames(host);
  const known = names.map((name) => db.findPlatform(name)).find((one) => one !== undefined);
  return known ?? db.platform('kvm');
}

/** What a format is told of the machine: its name and its images. */
function requestOf(shortId: string | undefined, options: RecommendOptions): FormatRequest {
  const name = options.name ?? shortId ?? 'guest';
  const images = options.image.length > 0 ? options.image : [`/var/lib/libvirt/images/${name}.qcow2`];
  return {
    name,
    disks: images.map((path) => ({ path, format: imageFormat(path) })),
    ...(options.cdrom === undefined ? {} : { cdrom: options.cdrom }),
  };
}

function print(text: string): void {
  process.stdout.write(text);
}

/** By the end of the name; a file that says nothing is raw, which QEMU never has to guess. */
function imageFormat(path: string): string {
  const end = /\.(qcow2|vmdk|vdi|vhdx)$/i.exec(path)?.[1]?.toLowerCase();
  return end ?? 'raw';
}

function ask(os: Os, place: Place, options: RecommendOptions): Recommendation {
  return recommend(inputOf(os, place, options));
}

function inputOf(os: Os, { db, ...place }: Place, options: RecommendOptions): RecommendInput {
  const deployment = deploymentFor(db, os, place.platform);
  return {
    os,
    ...place,
    ...(deployment === undefined ? {} : { deployment }),
    ...(options.arch === undefined ? {} : { arch: options.arch }),
    ...(options.virt === undefined ? {} : { virt: options.virt }),
    ...(options.intent === undefined ? {} : { intent: options.intent }),
    overrides: overridesOf(options),
  };
}

/** Every OS: those that cannot be are told with the rest, and do not stop it. */
function recommendAll(db: Db, place: Place, name: string | undefined, format: string, options: RecommendOptions): void {
  if (name !== undefined) throw new InputError('recommend-all', `--all is for every OS: leave out ${name}`);
  if (format !== 'json' && format !== 'text')
    throw new InputError('recommend-all', `--all prints text or JSON, not ${format}`);
  const recommendations: Recommendation[] = [];
  const refused: { os: string; because: string }[] = [];
  for (const os of db.oses()) {
    try {
      recommendations.push(ask(os, place, options));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      refused.push({ os: os.shortId ?? os.id, because: error.message });
    }
  }
  if (format === 'json') {
    printJson({ format: 'guestwright/recommendations/1', recommendations, refused });
    return;
  }
  print(recommendations.map(formatOneLine).join(''));
  for (const { os, because } of refused) process.stderr.write(`guestwright recommend: ${os}: ${because}\n`);
}
