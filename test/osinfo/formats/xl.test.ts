// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../../osinfo/doors/process.js';
import { formatRecommendation } from '../../../osinfo/formats/index.js';
import { formatXl } from '../../../osinfo/formats/xl.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { Recommendation } from '../../../osinfo/recommend/types.js';
import { unless } from './real-libvirt.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const rec = (os: string): Recommendation => recommend({ os: db.os(os), platform: db.platform('xen') });
const disk = { path: '/images/x.qcow2', format: 'qcow2' };
const request = { name: 'x', disks: [disk], cdrom: '/isos/x.iso' };

/** Settings as they stand, each with what is right of the equals sign. */
const settings = (text: string): Map<string, string> =>
  new Map(
    text
      .trimEnd()
      .split('\n')
      .map((line) => {
        const at = line.indexOf(' = ');
        return [line.slice(0, at), line.slice(at + 3)];
      }),
  );

describe('formatXl', () => {
  it('says firmware, boot order, clock and enlightenments of Windows', () => {
    const words = settings(formatXl({ ...rec('win10'), hyperv: ['relaxed'], generationId: true }, request).text);
    expect(words.get('type')).toBe('"hvm"');
    expect(words.get('localtime')).toBe('1');
    expect(words.get('viridian')).toBe('1');
    expect(words.get('ms_vm_genid')).toBe('"generate"');
    expect(words.get('boot')).toBe('"cd"');
    expect(words.get('disk')).toContain('devtype=cdrom');
  });

  it('starts an OS from AHCI only where it drives AHCI', () => {
    const modern = rec('debian12');
    expect(settings(formatXl({ ...modern, disk: { ...modern.disk, bus: 'sata' } }, request).text).get('hdtype')).toBe(
      '"ahci"',
    );
    expect(settings(formatXl(rec('winxp'), request).text).get('hdtype')).toBe('"ide"');
  });

  it('gives a paravirtual machine no emulated devices, and warns of what is lost', () => {
    const { text, warnings } = formatRecommendation(
      'xl',
      { ...rec('debian12'), machine: { family: 'xenpvh', pcie: false } },
      request,
    );
    const words = settings(text);
    expect(words.get('type')).toBe('"pvh"');
    expect(words.get('bootloader')).toBe('"pygrub"');
    expect(words.get('vif')).toBe('[ "type=vif,bridge=xenbr0" ]');
    expect(words.get('disk')).toContain('vdev=xvda');
    expect([...words.keys()]).not.toContain('vga');
    expect(warnings.some((warning) => warning.startsWith('xl has no word for'))).toBe(true);
  });

  it.each([
    [{ disks: [{ path: '/x', format: 'vmdk' }] }, /Xen reads raw, qcow2/],
    [{ disks: [disk, disk, disk, disk] }, /a Xen guest starts from 4/],
    [{ name: 'a/b' }, /is no name/],
  ])('refuses %j', (more, message) => {
    expect(() => formatXl(rec('debian12'), { ...request, ...more })).toThrow(message);
  });
});

const library = '/usr/lib/x86_64-linux-gnu/libxlutil.so.4.17';
const noXen =
  existsSync(library) && existsSync('/usr/bin/python3') ? undefined : 'packages libxenmisc4.17 and python3 are missing';

/** What `xl create` reads a file with: its syntax, and the string of each name that is one, disks as lists of strings. */
const reader = `
import ctypes, json, sys
lib = ctypes.CDLL('${library}')
lib.xlu_cfg_init.restype = ctypes.c_void_p
libc = ctypes.CDLL(None)
stderr = ctypes.c_void_p.in_dll(libc, 'stderr')
out = []
for path in sys.argv[1:]:
    config = ctypes.c_void_p(lib.xlu_cfg_init(stderr, path.encode()))
    failed = lib.xlu_cfg_readfile(config, path.encode())
    name = ctypes.c_char_p()
    lib.xlu_cfg_get_string(config, b'name', ctypes.byref(name), 0)
    disks, listed = [], ctypes.c_void_p()
    count = ctypes.c_int()
    if lib.xlu_cfg_get_list(config, b'disk', ctypes.byref(listed), ctypes.byref(count), 1) == 0:
        lib.xlu_cfg_get_listitem.restype = ctypes.c_char_p
        disks = [lib.xlu_cfg_get_listitem(listed, index).decode('utf-8', 'replace') for index in range(count.value)]
    out.append({'failed': failed, 'name': (name.value or b'').decode('utf-8', 'replace'), 'disks': disks})
print(json.dumps(out))
`;

describe.skipIf(noXen)(`the parser of the real xl${unless(noXen)}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-xl-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function read(texts: readonly string[]): Promise<{ failed: number; name: string; disks: string[] }[]> {
    const paths = texts.map((text, index) => {
      const path = join(folder, `${index}.cfg`);
      writeFileSync(path, text);
      return path;
    });
    const { stdout } = await run(['python3', '-c', reader, ...paths]);
    return JSON.parse(stdout);
  }

  it('takes the machine of every OS', async () => {
    const texts = new Set<string>();
    for (const os of db.oses()) {
      try {
        texts.add(formatXl(recommend({ os, platform: db.platform('xen') }), request).text);
      } catch {
        // No machine of Xen's: the contradiction is another test's.
      }
    }
    const answers = await read([...texts]);
    expect(answers.length).toBeGreaterThan(30);
    expect(answers.filter(({ failed }) => failed !== 0)).toEqual([]);
    expect(answers.every(({ disks }) => disks.length === 2)).toBe(true);
  });

  it('finds in hostile names and paths just themselves', async () => {
    const debian = rec('debian12');
    const given = fc.sample(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), {
      numRuns: 300,
      seed: 7,
    });
    const cases = [...given, ['"; x', 'a" ]\\'], ["'", "'"], ['\\', '\\"'], ['# x', '#']] as [string, string][];
    const ok = cases.map(
      ([name, path]) =>
        [`x${name.replace(/[\p{C}/]/gu, '')}`.slice(0, 60), `/${path.replace(/\p{Cc}/gu, '')}`] as const,
    );
    const texts = ok.map(([name, path]) => formatXl(debian, { name, disks: [{ path, format: 'raw' }] }).text);
    const answers = await read(texts);
    answers.forEach((answer, index) => {
      const [name, path] = ok[index]!;
      expect(answer.failed).toBe(0);
      expect(answer.name).toBe(name);
      expect(answer.disks[0]!.endsWith(`, target=${path}`)).toBe(true);
    });
  });
});
