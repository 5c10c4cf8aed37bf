// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readXml, type XmlElement } from '../../../osinfo/xml/read.js';
import { newFolder } from '../load/folders.js';
import type { Config } from './asking.js';

/** The answers of a preseed file by their questions. */
export const preseedAnswers = (text: string): Config =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => /^(\S+) (\S+) \S+(?: (.*))?$/s.exec(line)!)
      .map(([, , key = '', value = '']) => [key, value]),
  );

/** The answers of OpenBSD by their questions. */
export const openbsdAnswers = (text: string): Config =>
  Object.fromEntries(
    text
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(' = ')), line.slice(line.indexOf(' = ') + 3)]),
  );

/** All texts of a profile by the names of their elements. */
export function autoyastTexts(profile: string): Readonly<Record<string, readonly string[]>> {
  const texts: Record<string, string[]> = {};
  const walk = (element: XmlElement, path: string): void => {
    for (const child of element.children) {
      const at = path === '' ? child.name : `${path}/${child.name}`;
      if (child.children.length === 0) texts[at] = [...(texts[at] ?? []), child.text];
      walk(child, at);
    }
  };
  const root = readXml(profile, 'autoinst.xml');
  if (root.name !== 'profile' || root.namespace !== 'http://www.suse.com/1.0/yast2ns') throw new Error(root.name);
  walk(root, '');
  return texts;
}

/** All texts of an answer file by `pass/component/…/element`; the names of components without their common beginning. */
export function unattendTexts(file: string): ReadonlyMap<string, readonly string[]> {
  const texts = new Map<string, string[]>();
  const walk = (element: XmlElement, path: string): void => {
    for (const child of element.children) {
      const step = child.attrs.get('pass') ?? child.attrs.get('name')?.replace('Microsoft-Windows-', '') ?? child.name;
      const at = path === '' ? step : `${path}/${step}`;
      if (child.children.length === 0) texts.set(at, [...(texts.get(at) ?? []), child.text]);
      walk(child, at);
    }
  };
  const root = readXml(file, 'autounattend.xml');
  if (root.name !== 'unattend' || root.namespace !== 'urn:schemas-microsoft-com:unattend') throw new Error(root.name);
  walk(root, '');
  return texts;
}

const tools = ['adduser', 'addgroup', 'chpasswd', 'passwd'];
const names = ['KEYMAPOPTS', 'HOSTNAMEOPTS', 'TIMEZONEOPTS', 'APKREPOSOPTS', 'ERASE_DISKS', 'DISKOPTS', 'USEROPTS'];

/** What setup-alpine has after it sourced the answers, each option in the words it is split into, and which tools they called. */
export function sourceAlpine(text: string): {
  readonly options: Readonly<Record<string, readonly string[]>>;
  readonly calls: readonly (readonly string[])[];
} {
  const folder = newFolder();
  const log = join(folder, 'log');
  for (const tool of tools) {
    const path = join(folder, tool);
    writeFileSync(
      path,
      `#!/bin/sh\nfor word in ${tool} "$@"; do printf '%s\\0' "$word"; done >> "$LOG"\nprintf '\\1' >> "$LOG"\n`,
    );
    chmodSync(path, 0o755);
  }
  const show = names.map((name) => `printf '%s\\0' ${name} $${name}; printf '\\1'`).join('\n');
  const shown = execFileSync('sh', ['-eu'], {
    input: `${text}\n${show}\n`,
    env: { PATH: `${folder}:/usr/bin:/bin`, LOG: log, KEYMAPOPTS: '' },
    encoding: 'utf8',
    cwd: folder,
  });
  const words = (all: string): string[][] =>
    all
      .split('\u0001')
      .slice(0, -1)
      .map((one) => one.split('\0').slice(0, -1));
  return {
    options: Object.fromEntries(words(shown).map(([name, ...rest]) => [name, rest])),
    calls: existsSync(log) ? words(readFileSync(log, 'utf8')) : [],
  };
}

/**
 * What the script of FreeBSD does: its first half is read by a shell, its second is run by one, in a folder of its own
 * instead of the new system, with a `pw` that writes down what it is told.
 */
export function installFreebsd(text: string): {
  readonly settings: Config;
  readonly rc: Config;
  readonly pw: readonly string[][];
} {
  const [preamble = '', setup = ''] = text.split('\n#!/bin/sh\n');
  const read = (script: string, names: readonly string[], environment: NodeJS.ProcessEnv = {}): Config => {
    const show = names.map((name) => `printf '%s\\0' "$${name}"`).join('\n');
    const values = execFileSync('sh', ['-e'], { input: `${script}\n${show}\n`, env: environment, encoding: 'utf8' });
    return Object.fromEntries(
      values
        .split('\0')
        .slice(0, -1)
        .map((value, at) => [names[at]!, value]),
    );
  };
  const folder = newFolder();
  for (const name of ['bin', 'etc', 'var/db', 'usr/share/zoneinfo/Europe'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'usr/share/zoneinfo/Europe/London'), 'London');
  writeFileSync(
    join(folder, 'bin/pw'),
    `#!/bin/sh\nfor word; do printf '%s\\0' "$word"; done >> "$LOG"\nprintf '\\1' >> "$LOG"\n`,
  );
  chmodSync(join(folder, 'bin/pw'), 0o755);
  const moved = setup.replaceAll(/(?<=[ "])\/(?=etc\/|var\/|usr\/)/g, `${folder}/`);
  const log = join(folder, 'log');
  execFileSync('sh', ['-eu'], { input: moved, env: { PATH: `${folder}/bin:/usr/bin:/bin`, LOG: log }, cwd: folder });
  return {
    settings: read(preamble, ['DISTRIBUTIONS', 'PARTITIONS', 'BSDINSTALL_DISTSITE', 'nonInteractive']),
    rc: read(readFileSync(join(folder, 'etc/rc.conf'), 'utf8'), [
      'hostname',
      'keymap',
      'ifconfig_DEFAULT',
      'sshd_enable',
    ]),
    pw: readFileSync(log, 'utf8')
      .split('\u0001')
      .slice(0, -1)
      .map((call) => call.split('\0').slice(0, -1)),
  };
}
