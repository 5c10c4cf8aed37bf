// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import type { Params } from './records.js';

/** Where distributions keep the lists of PCI and USB ids. The first that is there counts. */
export const idsPaths: Readonly<Record<IdsBus, readonly string[]>> = {
  pci: ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids'],
  usb: ['/usr/share/misc/usb.ids', '/usr/share/hwdata/usb.ids'],
};

export type IdsBus = 'pci' | 'usb';

const prefixes: Readonly<Record<IdsBus, string>> = {
  pci: 'http://pcisig.com/pci/',
  usb: 'http://usb.org/usb/',
};

/** Larger lists than this are not read: today's have 1.5 MB. */
const maxBytes = 64 * 1024 * 1024;

export interface IdsDevice {
  readonly id: string;
  readonly params: Params;
}

/**
 * The devices of pci.ids and usb.ids, read when somebody asks: `device` looks one up without parsing the list,
 * `all` parses it. Where a list is missing its devices are.
 */
export class HardwareIds {
  private readonly texts = new Map<IdsBus, string>();
  private parsed: ReadonlyMap<string, IdsDevice> | undefined;

  /** @param known what somebody has looked up already: null for what no list has, undefined for what was not asked */
  constructor(private readonly known: (id: string) => Params | null | undefined = () => undefined) {}

  /** The device of an id such as `http://pcisig.com/pci/1af4/1041`. */
  device(id: string): IdsDevice | undefined {
    if (this.parsed !== undefined) return this.parsed.get(id);
    if (!id.startsWith(prefixes.pci) && !id.startsWith(prefixes.usb)) return undefined;
    const known = this.known(id);
    if (known !== undefined) return known === null ? undefined : { id, params: known };
    for (const bus of ['pci', 'usb'] as const) {
      if (!id.startsWith(prefixes[bus])) continue;
      const match = /^([0-9a-f]{4})\/([0-9a-f]{4})$/.exec(id.slice(prefixes[bus].length));
      return match ? find(bus, this.text(bus), match[1]!, match[2]!) : undefined;
    }
    return undefined;
  }

  all(): Iterable<IdsDevice> {
    if (this.parsed === undefined) {
      const devices = [...parse('pci', this.text('pci')), ...parse('usb', this.text('usb'))];
      this.parsed = new Map(devices.map((one) => [one.id, one]));
      this.texts.clear();
    }
    return this.parsed.values();
  }

  /** Changes whenever one of the lists does. */
  static stamp(): string {
    return (['pci', 'usb'] as const)
      .map((bus) => {
        const found = firstOf(bus);
        return found ? `${found.path} ${found.size} ${found.changed}` : bus;
      })
      .join('\n');
  }

  private text(bus: IdsBus): string {
    let text = this.texts.get(bus);
    if (text === undefined) {
      const found = firstOf(bus);
      // The lists have been Latin-1 in places; what is not UTF-8 becomes U+FFFD instead of an error.
      text = found && found.size <= maxBytes ? `\n${readFileSync(found.path, 'utf8')}` : '';
      this.texts.set(bus, text);
    }
    return text;
  }
}

function firstOf(bus: IdsBus): { path: string; size: number; changed: number } | undefined {
  for (const path of idsPaths[bus]) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile()) return { path, size: stats.size, changed: Math.max(stats.mtimeMs, stats.ctimeMs) };
  }
  return undefined;
}

function find(bus: IdsBus, text: string, vendorId: string, productId: string): IdsDevice | undefined {
  const vendorAt = text.indexOf(`\n${vendorId}  `);
  if (vendorAt < 0) return undefined;
  const vendorEnd = lineEnd(text, vendorAt + 1);
  const vendor = text.slice(vendorAt + 1 + vendorId.length, vendorEnd).trim();
  for (let start = vendorEnd; start < text.length; ) {
    const end = lineEnd(text, start + 1);
    const first = text.charCodeAt(start + 1);
    // A line that begins with neither a tab nor # ends the vendor; so does the end of the text.
    if (first !== 9 && first !== 35 && end > start + 1) return undefined;
    if (first === 9 && text.startsWith(productId, start + 2) && isBlank(text, start + 2 + productId.length)) {
      return device(bus, vendorId, vendor, productId, text.slice(start + 2 + productId.length, end).trim());
    }
    start = end;
  }
  return undefined;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function isBlank(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code === 32 || code === 9;
}

/** Vendor lines (`VVVV  name`), device lines (a tab, `DDDD  name`); the lists of classes and the like come after. */
function parse(bus: IdsBus, text: string): IdsDevice[] {
  const devices: IdsDevice[] = [];
  let vendorId: string | undefined;
  let vendor = '';
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#') || line.startsWith('\t\t')) continue;
    const match = /^(\t?)([0-9a-f]{4})[ \t]+(.*)$/.exec(line);
    if (match === null) {
      if (!line.startsWith('\t')) vendorId = undefined;
    } else if (match[1] === '') {
      vendorId = match[2]!;
      vendor = match[3]!.trim();
    } else if (vendorId !== undefined) {
      devices.push(device(bus, vendorId, vendor, match[2]!, match[3]!.trim()));
    }
  }
  return devices;
}

function device(bus: IdsBus, vendorId: string, vendor: string, productId: string, product: string): IdsDevice {
  return {
    id: `${prefixes[bus]}${vendorId}/${productId}`,
    params: {
      vendor: [vendor],
      'vendor-id': [vendorId],
      product: [product],
      'product-id': [productId],
      'bus-type': [bus],
    },
  };
}
