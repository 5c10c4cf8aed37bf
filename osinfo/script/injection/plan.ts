// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../errors.js';
import type { InjectionMethod, InstallScript } from '../../model/types.js';
import type { GeneratedScript } from '../generate.js';

/** What an installer finds its answers on: a disc, a floppy or small disk, a folder to be served or copied, its initrd. */
export const injectionKinds = ['iso', 'floppy', 'dir', 'initrd'] as const;
export type InjectionKind = (typeof injectionKinds)[number];

/** libosinfo's words for each kind, the best first. */
const methodsOf: Readonly<Record<InjectionKind, readonly InjectionMethod[]>> = {
  iso: ['cdrom'],
  floppy: ['floppy', 'disk'],
  dir: ['web', 'cdrom', 'disk', 'floppy'],
  initrd: ['initrd'],
};

/** What is made, and what lies on it. */
export interface InjectionPlan {
  readonly kind: InjectionKind;
  /** The label of the volume, by which the installer finds it; absent where any will do. */
  readonly label?: string;
  /** Names are paths of the medium, without a leading `/`. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** The files belong onto the installer's own disc, not onto another one. */
  readonly onInstaller: boolean;
}

/**
 * The way by which a script comes to its installer, in libosinfo's word, which the script's template may ask for.
 * @throws InputError where the installer does not look there
 */
export function injectionMethod(script: InstallScript, kind: InjectionKind): InjectionMethod {
  const method = methodsOf[kind].find((one) => script.injectionMethods.includes(one));
  if (method !== undefined) return method;
  const others = injectionKinds.filter((one) => methodsOf[one].some((name) => script.injectionMethods.includes(name)));
  throw new InputError(
    'injection',
    `the installer of ${script.id} takes no answers from ${kind === 'iso' ? 'a disc' : `${kind}`}; use --inject ${others.join(' or ')}`,
  );
}

/**
 * What is to be made so that the installer finds its scripts by itself. The facts come from the scripts' entries:
 * `<gw:medium label="OEMDRV" also="ks.cfg"/>`, `empty` for a file that only has to be there, `path` for a place on the
 * installer's own disc.
 * @throws InputError where the installer does not look there, or two files have one name
 */
export function planInjection(
  scripts: readonly (readonly [InstallScript, GeneratedScript])[],
  kind: InjectionKind,
): InjectionPlan {
  const files = new Map<string, string>();
  const add = (name: string, text: string): void => {
    if (files.has(name)) throw new InputError('script-name', `two files of this profile are called ${name}`);
    files.set(name, text);
  };
  let label: string | undefined;
  let onInstaller = false;
  for (const [script, { fileName, text }] of scripts) {
    injectionMethod(script, kind);
    const facts = script.facts.find(({ name }) => name === 'medium')?.attributes ?? {};
    const path = facts['path']?.replace(/^\//, '');
    if (kind === 'initrd') {
      add(fileName, text);
      continue;
    }
    if (kind === 'iso' && path !== undefined) {
      onInstaller = true;
      add(path, text);
      continue;
    }
    label ??= facts['label'];
    add(fileName, text);
    if (facts['also'] !== undefined) add(facts['also'], text);
    if (facts['empty'] !== undefined) add(facts['empty'], '');
  }
  return {
    kind,
    ...(label === undefined ? {} : { label }),
    files: [...files].map(([name, text]) => ({ name, text })),
    onInstaller,
  };
}
