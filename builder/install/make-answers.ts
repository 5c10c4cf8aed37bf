// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Db, InstallScript } from '../../osinfo/model/types.js';
import type { InstallConfig } from '../../osinfo/script/config.js';
import { type GeneratedScript, generateCommandLine, generateScript } from '../../osinfo/script/generate.js';
import { injectionMethod } from '../../osinfo/script/injection/plan.js';
import type { FoundInstaller } from './find-installer.js';
import { targetDisk } from './kernel-words.js';
import type { InstallPlan } from './plan-install.js';
import type { Answers } from './prepare-media.js';

/**
 * What the installer is told: what the user said, the machine's name as that of the host, and the machine's only disk.
 * @throws InputError for values that a script cannot take, or lacks
 */
export async function makeAnswers(
  db: Db,
  { os, medium }: FoundInstaller,
  plan: InstallPlan,
  scripts: readonly InstallScript[],
  config: InstallConfig,
): Promise<Answers> {
  const kind = plan.answers?.injection ?? 'iso';
  const made: [InstallScript, GeneratedScript][] = [];
  const words: string[] = [];
  let hostname: string | undefined;
  for (const script of scripts) {
    const values = withMachine(script, plan, targetDisk(os, plan.machine.disk.bus), config);
    hostname ??= values.get('hostname')?.[0];
    const question = {
      db,
      os,
      ...(medium.media === undefined ? {} : { source: { media: medium.media } }),
      installationSource: medium.support.networkInstall === true ? ('network' as const) : ('media' as const),
      injectionMethod: injectionMethod(script, kind),
      config: values,
    };
    made.push([script, await generateScript(script, question)]);
    words.push(...(await generateCommandLine(script, question)).split(/\s+/).filter((word) => word !== ''));
  }
  if (words.length > 0 && plan.start.by === 'medium')
    throw new InputError(
      'kernel-words',
      `the installer has to be told ${words.join(' ')}, and the entry of its medium names no kernel that could be; say --script none, and answer on its console`,
    );
  return { scripts: made, kernelWords: words, ...(hostname ? { hostname } : {}) };
}

function withMachine(
  script: InstallScript,
  plan: InstallPlan,
  disk: string | undefined,
  config: InstallConfig,
): InstallConfig {
  const known = new Set(script.configParams.map(({ name }) => name));
  const values = new Map(config);
  const add = (key: string, value: string | undefined): void => {
    if (value !== undefined && known.has(key) && !values.has(key)) values.set(key, [value]);
  };
  add('hostname', hostName(plan));
  add('target-disk', disk);
  return values;
}

/** What all installers take for the name of a host (RFC 1123); that of a Windows computer has 15 characters. */
function hostName({ name }: InstallPlan): string | undefined {
  const plain = name
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 15)
    .replace(/-$/, '');
  return plain === '' ? undefined : plain;
}
