// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { XmlElement } from '../../osinfo/xml/read.js';
import { type Deployment, type DiskFacts, extensionNamespace, type ModernFacts, type Resources } from './model.js';

/** Finds attributes of our namespace, whatever the prefix. */
export class ExtensionScope {
  readonly #prefixes: readonly string[];

  /** The prefix is looked for where it belongs, on the root, and on the element itself. */
  constructor(root: XmlElement) {
    this.#prefixes = prefixesOf(root);
  }

  attribute(element: XmlElement, name: string): string | undefined {
    for (const prefix of [...prefixesOf(element), ...this.#prefixes]) {
      const value = element.attrs.get(`${prefix}:${name}`);
      if (value) return value;
    }
    return undefined;
  }

  /** The sizes and the packed file of a `disk`. */
  diskFacts(element: XmlElement, at: (element: XmlElement, message: string) => InputError): DiskFacts {
    const facts: Record<string, unknown> = {};
    for (const key of ['capacity', 'length', 'allocation', 'commitment']) {
      const text = this.attribute(element, key);
      if (text === undefined) continue;
      const bytes = wholeNumber(text);
      if (bytes === undefined)
        throw at(element, `the ${key} of a disk must be a number of bytes, but is '${text.slice(0, 80)}'`);
      facts[`${key}Bytes`] = bytes;
    }
    const packed = ownChildren(element, 'transport')[0];
    const file = packed?.attrs.get('file');
    if (packed && file) {
      const checksums = ownChildren(packed, 'checksum').map((child) => [child.attrs.get('type') ?? '', child.text]);
      facts['transport'] = { file, checksums: Object.fromEntries(checksums) };
    }
    return facts;
  }
}

function prefixesOf(element: XmlElement): string[] {
  return [...element.attrs]
    .filter(([name, value]) => name.startsWith('xmlns:') && value === extensionNamespace)
    .map(([name]) => name.slice('xmlns:'.length));
}

/**
 * Reads the `appliance` block of our namespace; undefined where there is none. Elements and attributes that are not
 * known are passed by: a later version may have more.
 * @throws InputError with file:line for a value that cannot be
 */
export function readModern(root: XmlElement, file: string): ModernFacts | undefined {
  const block = ownChildren(root, 'appliance')[0];
  if (!block) return undefined;
  const read = new Values(file);
  const os = ownChildren(block, 'os')[0];
  const minimum = readResources(ownChildren(block, 'minimum')[0], read);
  const recommended = readResources(ownChildren(block, 'recommended')[0], read);
  return {
    ...(os ? { os: { id: read.text(os, 'id'), ...read.some(os, { shortId: 'short-id', name: 'name' }) } } : {}),
    ...(minimum ? { minimum } : {}),
    ...(recommended ? { recommended } : {}),
    deployments: ownChildren(block, 'deployment').map((element) => readDeployment(element, read)),
  };
}

function readResources(element: XmlElement | undefined, read: Values): Resources | undefined {
  if (!element) return undefined;
  const vcpus = read.number(element, 'vcpus');
  const memoryBytes = read.number(element, 'memory');
  const storageBytes = read.number(element, 'storage');
  return {
    ...(vcpus === undefined ? {} : { vcpus }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(storageBytes === undefined ? {} : { storageBytes }),
  };
}

function readDeployment(element: XmlElement, read: Values): Deployment {
  const child = (name: string) => ownChildren(element, name)[0];
  const [machine, firmware, cpu, video, tpm, clock] = ['machine', 'firmware', 'cpu', 'video', 'tpm', 'clock'].map(
    child,
  );
  return {
    boot: read.number(element, 'boot') ?? 0,
    ...read.some(element, { platform: 'platform' }),
    ...(machine ? { machine: read.text(machine, 'type') } : {}),
    ...(firmware
      ? {
          firmware: {
            type: read.choice(firmware, 'type', ['bios', 'uefi', 'none']),
            secureBoot: read.flag(firmware, 'secure-boot'),
            enrolledKeys: read.flag(firmware, 'enrolled-keys'),
            smm: read.flag(firmware, 'smm'),
          },
        }
      : {}),
    ...(cpu ? { cpu: { mode: read.text(cpu, 'mode'), ...read.some(cpu, { baseline: 'baseline' }) } } : {}),
    ...(video ? { video: read.text(video, 'model') } : {}),
    ...(tpm ? { tpm: { model: read.text(tpm, 'model'), version: read.text(tpm, 'version') } } : {}),
    rng: child('rng') !== undefined,
    serialConsole: child('serial-console') !== undefined,
    channels: ownChildren(element, 'channel').map((one) => read.text(one, 'name')),
    ...(clock ? { clockOffset: read.choice(clock, 'offset', ['utc', 'localtime']) } : {}),
  };
}

/** Values of attributes, with the complaint where one is missing or wrong. */
class Values {
  constructor(private readonly file: string) {}

  text(element: XmlElement, name: string): string {
    const value = element.attrs.get(name);
    if (!value) throw this.#wrong(element, `must have the attribute ${name}`);
    return value;
  }

  some<K extends string>(element: XmlElement, names: Readonly<Record<K, string>>): { readonly [key in K]?: string } {
    const found: { [key in K]?: string } = {};
    for (const key in names) {
      const value = element.attrs.get(names[key]);
      if (value) found[key] = value;
    }
    return found;
  }

  number(element: XmlElement, name: string): number | undefined {
    const text = element.attrs.get(name);
    if (text === undefined) return undefined;
    const value = wholeNumber(text);
    if (value === undefined) throw this.#wrong(element, `has ${name}='${text.slice(0, 80)}', which is no whole number`);
    return value;
  }

  flag(element: XmlElement, name: string): boolean {
    return this.choice(element, name, ['yes', 'no'], 'no') === 'yes';
  }

  choice<const T extends string>(element: XmlElement, name: string, choices: readonly T[], absent?: T): T {
    const text = element.attrs.get(name) ?? absent;
    const found = choices.find((one) => one === text);
    if (found === undefined) throw this.#wrong(element, `needs ${name} to be one of ${choices.join(', ')}`);
    return found;
  }

  #wrong(element: XmlElement, what: string): InputError {
    const place = { file: this.file, line: element.at.line };
    return new InputError('virt-image', `<${element.prefix}:${element.name}> ${what}`, place);
  }
}

function ownChildren(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child.name === name && child.namespace === extensionNamespace);
}

function wholeNumber(text: string): number | undefined {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}
