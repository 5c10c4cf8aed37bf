// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { FormatRequest } from '../../osinfo/formats/types.js';
import type { Db, Os, Platform } from '../../osinfo/model/types.js';
import {
  type CompatInput,
  compatRecommendation,
  formatCompatLibvirt,
  recommendCompat,
} from '../../osinfo/recommend/compat/index.js';
import type { HostFacts } from '../../osinfo/recommend/types.js';
import type { RecommendOptions } from '../commands/recommend.js';
import { printJson } from '../main.js';
import { overridesOf } from './overrides.js';
import { formatExplanation, formatOneLine, formatTable } from './text.js';

/** What `--compat` and `--diff` take, and whose decisions each means. */
export const compatVersions = { 'virt-install': '4.1', 'virt-install-5': '5' } as const;

export type CompatName = keyof typeof compatVersions;

/** What the command line has made ready. */
export interface CompatScene {
  readonly db: Db;
  readonly platform: Platform;
  readonly host: HostFacts | undefined;
  /** What a format is to be told of the machine of this name. */
  readonly requestFor: (os: Os) => FormatRequest;
}

/** What can be chosen beside virt-install's decisions. */
const chosen: ReadonlySet<string> = new Set(['memoryBytes', 'cpus', 'storageBytes', 'firmware']);

/**
 * `guestwright recommend OS --compat virt-install`: virt-install's decisions as a table, as JSON
 * (schema/virt-install.schema.json), as libvirt's XML with these and no others, or in another format's words.
 * @throws InputError for an option that virt-install has nothing like, an unknown OS, a host without such a guest
 */
export async function runCompat(
  compat: CompatName,
  name: string | undefined,
  options: RecommendOptions,
  scene: CompatScene,
): Promise<void> {
  const { db, platform, requestFor } = scene;
  const odd = Object.keys({ ...overridesOf(options), ...(options.intent && { intent: '' }) }).find(
    (one) => !chosen.has(one),
  );
  if (odd !== undefined)
    throw new InputError(
      'compat-option',
      `--compat decides ${odd} as virt-install does; beside it only --memory, --vcpus, --disk and --firmware can be chosen`,
    );
  const format = options.json ? 'json' : options.format;
  const inputFor = (os: Os): CompatInput => compatInput(os, compat, options, scene.host);
  if (options.all) return runAll(db.oses().map(inputFor), platform, name, format);
  if (name === undefined)
    throw new InputError('recommend-os', 'name an OS (guestwright query os lists them), or say --all');
  const os = db.os(name);
  const input = inputFor(os);
  if (format === 'json') return printJson(recommendCompat(input));
  if (format === 'libvirt') {
    const answer = recommendCompat(input);
    warn(answer.warnings);
    return print(formatCompatLibvirt(answer, requestFor(os)));
  }
  const recommendation = compatRecommendation(input, platform);
  if (format === 'text') {
    const columns = process.stdout.columns ?? 100;
    return print(options.explain ? formatExplanation(recommendation) : formatTable(recommendation, columns));
  }
  const { formatRecommendation } = await import('../../osinfo/formats/index.js');
  const { text, warnings } = formatRecommendation(format, recommendation, requestFor(os));
  warn(warnings);
  print(text);
}

function runAll(inputs: readonly CompatInput[], platform: Platform, name: string | undefined, format: string): void {
  if (name !== undefined) throw new InputError('recommend-all', `--all is for every OS: leave out ${name}`);
  if (format === 'text') {
    print(inputs.map((input) => formatOneLine(compatRecommendation(input, platform))).join(''));
    return;
  }
  if (format !== 'json') throw new InputError('recommend-all', `--all prints text or JSON, not ${format}`);
  printJson({ format: 'guestwright/virt-install-all/1', answers: inputs.map(recommendCompat) });
}

const print = (text: string): void => void process.stdout.write(text);

function warn(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`guestwright recommend: warning: ${warning}\n`);
}

/** What of the command line virt-install would be told. */
function compatInput(os: Os, compat: CompatName, options: RecommendOptions, host: HostFacts | undefined): CompatInput {
  const { arch, virt, memory, vcpus, disk, firmware, cdrom } = options;
  return {
    os,
    version: compatVersions[compat],
    cdrom: cdrom !== undefined,
    ...(host === undefined ? {} : { host }),
    ...(arch === undefined ? {} : { arch }),
    ...(virt === undefined ? {} : { virt }),
    ...(memory === undefined ? {} : { memoryBytes: memory * 1024 ** 2 }),
    ...(vcpus === undefined ? {} : { cpus: vcpus }),
    ...(disk === undefined ? {} : { storageBytes: disk * 1024 ** 3 }),
    ...(firmware === undefined ? {} : { uefi: firmware === 'uefi' }),
  };
}
