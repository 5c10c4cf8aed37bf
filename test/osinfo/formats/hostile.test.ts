// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRecommendation, formats } from '../../../osinfo/formats/index.js';
import { powershellString } from '../../../osinfo/formats/powershell.js';
import { rubyString } from '../../../osinfo/formats/ruby.js';
import { writeYaml } from '../../../osinfo/formats/yaml.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import { readXml } from '../../../osinfo/xml/read.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const recs = new Map(
  formats.map(({ name, platform }) => [name, recommend({ os: db.os('debian12'), platform: db.platform(platform) })]),
);

const nasty = [...`'"\`$\\{}%#;&|<>()*?!~ ^=@:,[]…‘’“”é漢😀`];
const word = fc
  .array(fc.constantFrom(...nasty, 'a', '0', '-', 'n', 'e'), { minLength: 1, maxLength: 24 })
  .map((all) => all.join(''));
/** Names as `checkRequest` lets them through. */
const names = word.map((rest) => `m${rest}`);
const paths = word.map((rest) => `/images/${rest}.img`);

const text = (format: string, name: string, path: string, kind = 'vmdk', cdrom = '/iso/x.iso') =>
  formatRecommendation(format, recs.get(format)!, { name, disks: [{ path, format: kind }], cdrom }).text;

/** What a shell makes of a script: the words of every call of a program, which prints them. */
function callsOf(script: string, programs: readonly string[]): string[][] {
  const stubs = programs.map((one) => `${one}() { printf '%s\\0' "$@"; printf '\\n\\0'; }`).join('\n');
  const out = execFileSync('sh', ['-eu', '-c', `pvesh() { echo 100; }\n${stubs}\n${script}`], { encoding: 'utf8' });
  return out
    .split('\n\0')
    .slice(0, -1)
    .map((call) => call.split('\0').slice(0, -1));
}

describe('hostile names and paths are words and nothing else', () => {
  it('for a shell: OpenStack, VirtualBox', () => {
    fc.assert(
      fc.property(names, paths, (name, path) => {
        const [image, flavor] = callsOf(text('openstack', name, path, 'qcow2'), ['openstack']);
        expect(image?.slice(0, 5)).toEqual(['image', 'create', name, '--file', path]);
        expect(flavor?.slice(0, 3)).toEqual(['flavor', 'create', name]);
        const calls = callsOf(text('virtualbox', name, path), ['VBoxManage']);
        expect(calls[0]?.slice(0, 3)).toEqual(['createvm', '--name', name]);
        expect(calls.some((call) => call.includes(path) && call[1] === name)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('for a shell: Proxmox, whose names are DNS names and whose values end at a comma', () => {
    fc.assert(
      fc.property(names, paths, (name, path) => {
        if (/[,"]/.test(path)) {
          expect(() => text('proxmox', name, path)).toThrow(/rename it/);
          return;
        }
        const [call] = callsOf(text('proxmox', name, path), ['qm']);
        const value = (option: string): string | undefined => call?.[call.indexOf(option) + 1];
        expect(value('--name')).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9.-]*$/);
        expect(value('--virtio0')?.endsWith(`,import-from=${path}`)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('for a reader of XML: OVF', () => {
    fc.assert(
      fc.property(names, paths, (name, path) => {
        const root = readXml(text('ovf', name, path), 'x.ovf');
        const find = (node: typeof root, wanted: string): typeof root | undefined =>
          node.name.endsWith(wanted) ? node : node.children.map((child) => find(child, wanted)).find((one) => one);
        expect(find(root, 'Name')?.text).toBe(name);
      }),
      { numRuns: 60 },
    );
  });

  it('for VMX: a value has no quote in it and a line no second one', () => {
    fc.assert(
      fc.property(names, paths, (name, path) => {
        for (const line of text('vmx', name, path).trimEnd().split('\n')) {
          expect(line).toMatch(/^[.\w:]+ = "[^"]*"$/);
        }
        const said = /^displayName = "(.*)"$/m.exec(text('vmx', name, path))?.[1];
        const read = said?.replace(/\|([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
        expect(read).toBe(name);
      }),
    );
  });

  it('for PowerShell: one string in single quotes', () => {
    fc.assert(
      fc.property(names, (name) => {
        const said = powershellString(name);
        // PowerShell ends at the first quote, straight or not, that has no twin behind it.
        expect(said.slice(1, -1).replace(/(['\u2018-\u201b])\1/g, '')).not.toMatch(/['\u2018-\u201b]/);
        expect(said.slice(1, -1).replace(/(['\u2018-\u201b])\1/g, '$1')).toBe(name);
        expect(text('hyperv', name, 'C:\\x.vhdx', 'vhdx')).toContain(`$name = ${said}\r\n`);
      }),
      // A name of quotes that meet their like.
      { examples: [["m''"], ["m'‘"]] },
    );
  });
});

const hasYaml = existsSync('/usr/lib/python3/dist-packages/yaml');

describe.skipIf(!hasYaml)(`a reader of YAML 1.1${hasYaml ? '' : ' (package python3-yaml is missing)'}`, () => {
  it('reads what was written, whatever the strings', () => {
    const strings = fc.oneof(
      word,
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        'yes',
        'No',
        '1e3',
        '0x1f',
        '~',
        'null',
        '2001-01-01',
        '12:30:00',
        '',
        ' a',
        '- b',
        'a: b',
        '#',
        '64Gi',
        '1_000',
        '.5',
        '=',
        '<<',
      ),
    );
    const values = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, strings, fc.integer(), fc.boolean(), tie('list'), tie('object')),
      list: fc.array(tie('value'), { maxLength: 4 }),
      object: fc.dictionary(
        strings.filter((key) => key !== '' && key !== '__proto__'),
        tie('value'),
        { maxKeys: 4, noNullPrototype: true },
      ),
    }));
    const samples = fc.sample(values.object, { numRuns: 250, seed: 7 }) as Record<string, never>[];
    const documents = samples.map((one) => writeYaml(one));
    const program = 'import json,sys,yaml; print(json.dumps([yaml.safe_load(d) for d in json.load(sys.stdin)]))';
    const out = execFileSync('/usr/bin/python3', ['-c', program], {
      input: JSON.stringify(documents),
      encoding: 'utf8',
    });
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(samples)));
  });
});

const hasRuby = existsSync('/usr/bin/ruby');

describe.skipIf(!hasRuby)(`Ruby${hasRuby ? '' : ' (package ruby is missing)'}`, () => {
  it('reads strings as they were, and a Vagrantfile names the machine', () => {
    const samples = fc.sample(names, { numRuns: 200, seed: 7 });
    const script = `require 'json'; print [${samples.map(rubyString).join(', ')}].to_json`;
    expect(JSON.parse(execFileSync('ruby', ['-'], { input: script, encoding: 'utf8' }))).toEqual(samples);
    for (const name of samples.slice(0, 3)) {
      for (const format of ['vagrant', 'vagrant-virtualbox']) {
        expect(execFileSync('ruby', ['-c', '-'], { input: text(format, name, '/x.vmdk'), encoding: 'utf8' })).toContain(
          'OK',
        );
      }
    }
  });
});
