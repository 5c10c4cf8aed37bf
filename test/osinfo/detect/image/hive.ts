// SPDX-License-Identifier: Apache-2.0

/** A key of a registry: its values (text or number), and keys below it. */
export interface HiveKey {
  readonly [name: string]: string | number | HiveKey;
}

/** A registry hive with these keys, by the documented layout: one bin of cells behind the first 4096 bytes. */
export function hive(root: HiveKey): Buffer {
  const cells: Buffer[] = [];
  let next = 32;
  const put = (content: Buffer): number => {
    const length = Math.ceil((content.length + 4) / 8) * 8;
    const cell = Buffer.alloc(length);
    cell.writeInt32LE(-length, 0);
    content.copy(cell, 4);
    cells.push(cell);
    const at = next;
    next += length;
    return at;
  };
  const value = (name: string, content: string | number): number => {
    const head = Buffer.alloc(20 + name.length);
    const data = typeof content === 'string' ? Buffer.from(`${content}\0`, 'utf16le') : Buffer.alloc(4);
    head.write('vk', 0, 'latin1');
    head.writeUInt16LE(name.length, 2);
    head.writeUInt32LE(typeof content === 'string' ? 1 : 4, 12);
    head.writeUInt16LE(1, 16);
    head.write(name, 20, 'latin1');
    if (typeof content === 'number') {
      head.writeUInt32LE(0x8000_0004, 4);
      head.writeUInt32LE(content, 8);
    } else {
      head.writeUInt32LE(data.length, 4);
      head.writeUInt32LE(put(data), 8);
    }
    return put(head);
  };
  const offsets = (list: readonly number[]): number => {
    const data = Buffer.alloc(Math.max(4, list.length * 4));
    for (const [index, at] of list.entries()) data.writeUInt32LE(at, index * 4);
    return put(data);
  };
  const key = (name: string, content: HiveKey, top: boolean): number => {
    const fields = Object.entries(content);
    const keys = fields
      .filter(([, one]) => typeof one === 'object')
      .sort(([a], [b]) => (a.toUpperCase() < b.toUpperCase() ? -1 : 1));
    const values = fields.filter(([, one]) => typeof one !== 'object');
    const below = keys.map(([own, one]) => [own, key(own, one as HiveKey, false)] as const);
    const list = Buffer.alloc(4 + below.length * 8);
    list.write('lf', 0, 'latin1');
    list.writeUInt16LE(below.length, 2);
    for (const [index, [own, at]] of below.entries()) {
      list.writeUInt32LE(at, 4 + index * 8);
      list.write(own.slice(0, 4), 8 + index * 8, 'latin1');
    }
    const head = Buffer.alloc(76 + name.length);
    head.write('nk', 0, 'latin1');
    head.writeUInt16LE(0x20 | (top ? 0x0c : 0), 2);
    head.writeUInt32LE(below.length, 20);
    head.writeUInt32LE(below.length > 0 ? put(list) : 0xffffffff, 28);
    head.writeUInt32LE(0xffffffff, 32);
    head.writeUInt32LE(values.length, 36);
    head.writeUInt32LE(
      values.length > 0 ? offsets(values.map(([own, one]) => value(own, one as string | number))) : 0xffffffff,
      40,
    );
    head.writeUInt32LE(0xffffffff, 44);
    head.writeUInt32LE(0xffffffff, 48);
    head.writeUInt16LE(name.length, 72);
    head.write(name, 76, 'latin1');
    return put(head);
  };
  const rootAt = key('ROOT', root, true);
  const binBytes = Math.ceil((next + 8) / 4096) * 4096;
  const bin = Buffer.alloc(binBytes);
  bin.write('hbin', 0, 'latin1');
  bin.writeUInt32LE(binBytes, 8);
  Buffer.concat(cells).copy(bin, 32);
  bin.writeInt32LE(binBytes - next, next);
  const head = Buffer.alloc(4096);
  head.write('regf', 0, 'latin1');
  for (const [at, number] of [
    [4, 1],
    [8, 1],
    [20, 1],
    [24, 5],
    [32, 1],
    [36, rootAt],
    [40, binBytes],
    [44, 1],
  ] as const) {
    head.writeUInt32LE(number, at);
  }
  let sum = 0;
  for (let at = 0; at < 508; at += 4) sum ^= head.readUInt32LE(at);
  head.writeInt32LE(sum, 508);
  return Buffer.concat([head, bin]);
}

/** The hives SOFTWARE and SYSTEM of a Windows. */
export function windowsHives(facts: { name: string; build: string; type?: string }): {
  software: Buffer;
  system: Buffer;
} {
  const installation: HiveKey = facts.type === undefined ? {} : { InstallationType: facts.type };
  const others = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`Vendor ${index}`, { Version: index }]));
  return {
    software: hive({
      ...others,
      Microsoft: {
        'Windows NT': {
          CurrentVersion: {
            ProductName: facts.name,
            CurrentBuildNumber: facts.build,
            CurrentMajorVersionNumber: 10,
            ...installation,
          },
        },
      },
    }),
    system: hive({
      ControlSet001: {
        Control: {
          ComputerName: { ComputerName: { ComputerName: 'DESKTOP-1' } },
          'Session Manager': { Environment: { PROCESSOR_ARCHITECTURE: 'AMD64' } },
        },
      },
    }),
  };
}
