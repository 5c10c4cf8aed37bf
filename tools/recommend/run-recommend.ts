// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Db, Os, Platform } from '../../osinfo/model/types.js';
import { openDb } from '../../osinfo/open.js';
import { recommend } from '../../osinfo/recommend/index.js';
import type { Overrides, Recommendation } from '../../osinfo/recommend/types.js';
import type { RecommendOptions } from '../commands/recommend.js';
import { printJson } from '../main.js';
import { formatExplanation, formatOneLine, formatTable } from './text.js';

/**
 * Does what the command line of `guestwright recommend` says.
 * @throws InputError for an unknown OS or platform, a contradiction, a wrong combination of options
 */
export async function runRecommend(name: string | undefined, options: RecommendOptions): Promise<void> {
  const db = openDb(options.db === undefined ? {} : { db: options.db });
  const platform = db.platform(options.platform);
  const format = options.json ? 'json' : options.format;
  if (options.all) return recommendAll(db, platform, name, format, options);
  if (name === undefined)
    throw new InputError('recommend-os', 'name an OS (guestwright query os lists them), or say --all');
  const one = ask(db.os(name), platform, options);
  if (format === 'json') return printJson(one);
  if (format === 'text') {
    print(options.explain ? formatExplanation(one) : formatTable(one, process.stdout.columns ?? 100));
    return;
  }
  const { formatRecommendation } = await import('../../osinfo/formats/index.js');
  const machine = options.name ?? one.os.shortId ?? 'guest';
  const images = options.image.length > 0 ? options.image : [`/var/lib/libvirt/images/${machine}.qcow2`];
  const { text, warnings } = formatRecommendation(format, one, {
    name: machine,
    disks: images.map((path) => ({ path, format: imageFormat(path) })),
    ...(options.cdrom === undefined ? {} : { cdrom: options.cdrom }),
  });
  for (const warning of warnings) process.stderr.write(`guestwright recommend: warning: ${warning}\n`);
  print(text);
}

function print(text: string): void {
  process.stdout.write(text);
}

/** By the end of the name; a file that says nothing is raw, which QEMU never has to guess. */
function imageFormat(path: string): string {
  const end = /\.(qcow2|vmdk|vdi|vhdx)$/i.exec(path)?.[1]?.toLowerCase();
  return end ?? 'raw';
}

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

function ask(os: Os, platform: Platform, options: RecommendOptions): Recommendation {
  const overrides: Overrides = {
    ...(options.memory === undefined ? {} : { memoryBytes: options.memory * MiB }),
    ...(options.vcpus === undefined ? {} : { cpus: options.vcpus }),
    ...(options.disk === undefined ? {} : { storageBytes: options.disk * GiB }),
    ...(options.firmware === undefined ? {} : { firmware: options.firmware }),
    ...(options.secureBoot === undefined ? {} : { secureBoot: options.secureBoot }),
    ...(options.tpm === undefined ? {} : { tpm: options.tpm }),
  };
  return recommend({
    os,
    platform,
    ...(options.arch === undefined ? {} : { arch: options.arch }),
    ...(options.virt === undefined ? {} : { virt: options.virt }),
    ...(options.intent === undefined ? {} : { intent: options.intent }),
    overrides,
  });
}

/** Every OS: those that cannot be are told with the rest, and do not stop it. */
function recommendAll(
  db: Db,
  platform: Platform,
  name: string | undefined,
  format: string,
  options: RecommendOptions,
): void {
  if (name !== undefined) throw new InputError('recommend-all', `--all is for every OS: leave out ${name}`);
  if (format !== 'json' && format !== 'text')
    throw new InputError('recommend-all', `--all prints text or JSON, not ${format}`);
  const recommendations: Recommendation[] = [];
  const refused: { os: string; because: string }[] = [];
  for (const os of db.oses()) {
    try {
      recommendations.push(ask(os, platform, options));
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
