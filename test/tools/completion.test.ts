// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IMAGE_FORMATS } from '../../builder/plan/outputs.js';
import { PACKAGINGS } from '../../tools/build/packagings.js';
import { completeWords, formatAnswer } from '../../tools/completion/answer.js';
import { completionScripts } from '../../tools/completion/scripts.js';
import { folderOf, newFolder } from '../osinfo/load/folders.js';
import { bundleTool, type Program } from './bundle.js';

/** A database whose names try to be commands. */
const hostile = folderOf({
  'os/e.org/plain.xml':
    '<os id="http://e.org/plain"><short-id>plain1</short-id><name>Plain</name><family>linux</family><vendor>Two Words</vendor></os>',
  'os/e.org/run.xml':
    '<os id="http://e.org/run"><short-id>plain$(touch RAN)</short-id><name>$(touch RAN)</name><vendor>Two `touch RAN`</vendor></os>',
  'os/e.org/quote.xml':
    '<os id="http://e.org/quote"><short-id>plain\'; touch RAN; \'</short-id><family>lin"ux;touch RAN</family></os>',
  'os/e.org/line.xml': '<os id="http://e.org/line"><short-id>plain&#10;touch RAN</short-id></os>',
  'platform/e.org/p.xml': '<platform id="http://e.org/p"><short-id>emu-1</short-id><name>Emulator</name></platform>',
});
const home = newFolder();
const work = folderOf({ 'server.ks': '', 'notes.txt': '', 'new.tar.xz': '', 'a folder/inner.ks': '', 'disk.iso': '' });
const env = {
  HOME: home,
  PATH: `${home}/bin:/usr/bin:/bin`,
  LC_ALL: 'C.UTF-8',
  TERM: 'dumb',
  OSINFO_SYSTEM_DIR: hostile,
  OSINFO_LOCAL_DIR: '/nonexistent/osinfo',
  OSINFO_USER_DIR: '/nonexistent/osinfo',
  GUESTWRIGHT_CACHE_DIR: newFolder(),
};
let program: Program;

beforeAll(async () => {
  program = await bundleTool('guestwright');
  mkdirSync(join(home, 'bin'));
  const file = join(home, 'bin/guestwright');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${program.path}' "$@"\n`);
  chmodSync(file, 0o755);
  for (const { file: name, text } of completionScripts()) writeFileSync(join(home, name), text);
});
afterAll(() => program.remove());

interface Said {
  readonly lines: readonly string[];
  readonly stderr: string;
}

function runShell(words: readonly string[], input = ''): Said {
  const { stdout, stderr } = spawnSync(words[0]!, words.slice(1), { env, cwd: work, input, encoding: 'utf8' });
  return { lines: stdout.split('\n').filter((line) => line !== ''), stderr };
}

/** Nothing that a database says was run. */
function expectNothingRan(): void {
  expect(readdirSync(work).sort()).toEqual(['a folder', 'disk.iso', 'new.tar.xz', 'notes.txt', 'server.ks']);
}

describe('the answer that all shells share', () => {
  const before = { ...process.env };
  beforeAll(() => void Object.assign(process.env, { ...env, OSINFO_SYSTEM_DIR: '' }));
  afterAll(() => void Object.assign(process.env, before));
  const values = async (...words: string[]) => (await completeWords(words)).candidates.map(({ value }) => value);

  it('commands, options and choices are those of the trees', async () => {
    expect(await values('guestwright', 're')).toEqual(['recommend']);
    expect(await values('guestwright', 'db', '')).toEqual([
      'info',
      'diff',
      'new-os',
      'import',
      'export',
      'path',
      'validate',
    ]);
    expect(await values('guestwright', 'db', 'import', '--n')).toEqual(['--nightly']);
    expect(await values('/usr/bin/osinfo-db-validate', '--format', '')).toEqual(['text', 'json', 'sarif']);
    expect(await values('osinfo-db-validate', '--format=s')).toEqual(['--format=sarif']);
    expect(await values('guestwright', 'build', '-f', '')).toEqual(IMAGE_FORMATS);
    expect(await values('appliance-creator', '--package', '')).toEqual(PACKAGINGS);
    expect(await values('guestwright', 'completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await values('guestwright', 'build', '-f', 'qcow2,v')).toEqual(
      ['vmdk', 'vmdk-sparse', 'vhdx', 'vpc', 'vdi'].map((name) => `qcow2,${name}`),
    );
    expect(await values('osinfo-query', 'd')).toEqual(['device', 'deployment']);
  });

  it('an option that was given is not offered again; behind -- there are none', async () => {
    expect(await values('osinfo-query', '--json', 'os', '--j')).toEqual([]);
    expect(await values('osinfo-query', '--', '--j')).toEqual([]);
  });

  it('short ids, properties and their values come from the database', async () => {
    expect(await values('guestwright', 'recommend', 'debian12')).toEqual(['debian12']);
    expect(await values('guestwright', 'recommend', 'x', '--platform', 'qemu-7.2')).toEqual(['qemu-7.2']);
    expect(await values('osinfo-query', 'os', 'fam')).toEqual(['family=']);
    expect(await values('osinfo-query', 'os', 'short-id=x', 'family=l')).toEqual(['family=linux']);
    expect(await values('osinfo-query', 'os', 'family!=l')).toEqual(['family!=linux']);
    expect(await values('osinfo-query', 'device', '-f', 'vendor,bus')).toEqual(['vendor,bus-type']);
    expect(await values('guestwright', 'query', 'platform', '-s', 'eol')).toEqual(['eol-date']);
  });

  it('the database that the line names is the one that is asked', async () => {
    expect(await values('osinfo-query', '--db', hostile, 'os', 'family=l')).toEqual([
      'family=lin"ux;touch RAN',
      'family=linux',
    ]);
    expect(await values('guestwright', 'recommend', '--db', '/nonexistent', 'deb').catch(() => 'refused')).toBe(
      'refused',
    );
  });

  it('what is not ours, or not known, has no candidates', async () => {
    expect(await values('ls', '')).toEqual([]);
    expect(await values('guestwright', 'nope', '')).toEqual([]);
    expect(await values('guestwright', 'sizes', '--nope=')).toEqual([]);
    expect(await values()).toEqual([]);
  });

  it('is written a line a word, with what it is behind a tab, and flags before', async () => {
    expect(formatAnswer(await completeWords(['osinfo-query', 'platform', 'n']))).toBe(': nospace\nname=\tName\n');
    expect(formatAnswer(await completeWords(['guestwright', 'build', '']))).toBe(': file *.ks *.cfg *.ks.in\n');
    expect(formatAnswer(await completeWords(['guestwright', 'build', '-o', '']))).toBe(': folder\n');
  });
});

describe('guestwright __complete', () => {
  it('answers without a word on standard error, whatever it is asked', () => {
    for (const words of [['osinfo-query', '--db', '/nonexistent', 'os', 'family='], ['nope'], []]) {
      expect(runShell(['guestwright', '__complete', '--', ...words])).toEqual({
        stderr: '',
        lines: [':'],
      });
    }
  });

  it('is fast enough for a key press', () => {
    runShell(['guestwright', '__complete', '--', 'guestwright', 'recommend', 'p']);
    const started = performance.now();
    runShell(['guestwright', '__complete', '--', 'guestwright', 'recommend', 'p']);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('bash', () => {
  /** What bash would put in place of the last word, with its words taken apart as bash does it. */
  function complete(line: string, words: readonly string[], more = ''): Said {
    const script = `${more}
      source "$HOME/guestwright"
      COMP_LINE=$1 COMP_POINT=\${#1}; shift
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _guestwright
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return runShell(['bash', '--norc', '-c', script, 'bash', line, ...words]);
  }

  it('completes short ids, options and conditions', () => {
    expect(complete('guestwright recommend plain1', ['guestwright', 'recommend', 'plain1'])).toEqual({
      lines: ['plain1'],
      stderr: '',
    });
    expect(complete('guestwright sizes --j', ['guestwright', 'sizes', '--j']).lines).toEqual(['--json']);
    expect(complete('osinfo-query os fam', ['osinfo-query', 'os', 'fam']).lines).toEqual(['family=']);
  });

  it('puts together what bash takes apart at =, and answers for the part that bash replaces', () => {
    expect(complete('osinfo-query os vendor=T', ['osinfo-query', 'os', 'vendor', '=', 'T']).lines).toEqual([
      'Two\\ Words',
      'Two\\ \\`touch\\ RAN\\`',
    ]);
    expect(complete('osinfo-query os family=', ['osinfo-query', 'os', 'family', '=']).lines).toContain('linux');
    expect(
      complete('guestwright recommend --platform=e', ['guestwright', 'recommend', '--platform', '=', 'e']).lines,
    ).toEqual(['emu-1']);
  });

  it('offers files by their endings, and folders', () => {
    expect([...complete('guestwright build ', ['guestwright', 'build', '']).lines].sort()).toEqual([
      'a folder',
      'server.ks',
    ]);
    expect(complete('osinfo-db-import n', ['osinfo-db-import', 'n']).lines).toEqual(['new.tar.xz']);
    expect(complete('osinfo-db-import --dir=a', ['osinfo-db-import', '--dir', '=', 'a']).lines).toEqual(['a folder']);
  });

  it('writes words so that they stay words, and runs nothing', () => {
    const { lines, stderr } = complete('guestwright recommend plain', ['guestwright', 'recommend', 'plain']);
    expect(stderr).toBe('');
    expect(lines).toEqual(['plain1', "plain\\'\\;\\ touch\\ RAN\\;\\ \\'", 'plain\\$\\(touch\\ RAN\\)']);
    // As if somebody had pressed return on each.
    for (const word of lines) runShell(['bash', '--norc', '-c', `: ${word}`]);
    expectNothingRan();
    // Between quotes only what stays a word there is offered.
    const quoted = complete("guestwright recommend 'plain", ['guestwright', 'recommend', "'plain"]).lines;
    expect(quoted).toEqual(['plain1', 'plain$(touch RAN)']);
    for (const word of quoted) runShell(['bash', '--norc', '-c', `: '${word}'`]);
    expect(complete('guestwright recommend "plain', ['guestwright', 'recommend', '"plain']).lines).toEqual(['plain1']);
    expect(complete('guestwright recommend $(touch RAN)', ['guestwright', 'recommend', '$(touch RAN)']).lines).toEqual(
      [],
    );
    expectNothingRan();
  });

  it('says nothing where guestwright is not to be found', () => {
    expect(complete('guestwright re', ['guestwright', 're'], 'PATH=/nonexistent')).toEqual({ lines: [], stderr: '' });
  });

  it('is registered for all programs', () => {
    const { lines } = runShell(['bash', '--norc', '-c', 'source <(guestwright completion bash); complete -p']);
    for (const name of ['guestwright', 'osinfo-query', 'osinfo-db-import', 'appliance-creator']) {
      expect(lines).toContain(`complete -F _guestwright ${name}`);
    }
  });
});

describe.skipIf(!existsSync('/usr/bin/fish'))('fish (package fish)', () => {
  const complete = (line: string) =>
    runShell(['fish', '--no-config', '-c', `source $HOME/guestwright.fish; complete -C ${JSON.stringify(line)}`]);

  it('completes short ids with their names, options, conditions and files', () => {
    expect(complete('guestwright recommend plain1')).toEqual({ lines: ['plain1\tPlain'], stderr: '' });
    expect(complete('guestwright sizes --j').lines[0]).toMatch(/^--json\t/);
    expect(complete('osinfo-query os family=li').lines).toContain('family=linux');
    expect(complete('osinfo-query os vendor=Two').lines).toContain('vendor=Two Words');
    expect(complete('osinfo-db-import ne').lines.map((line) => line.split('\t')[0])).toContain('new.tar.xz');
    expect(complete('guestwright build -o a').lines.map((line) => line.split('\t')[0])).toEqual(['a folder/']);
  });

  it('says nothing where guestwright is not to be found', () => {
    const script = 'source $HOME/guestwright.fish; set PATH /nonexistent; complete -C "guestwright re"';
    expect(runShell(['fish', '--no-config', '-c', script]).stderr).toBe('');
  });

  it('runs nothing of a database', () => {
    const { lines, stderr } = complete('guestwright recommend plain');
    expect(stderr).toBe('');
    expect(lines.map((line) => line.split('\t')[0])).toContain('plain$(touch RAN)');
    expectNothingRan();
  });
});

describe.skipIf(!existsSync('/usr/bin/zsh'))('zsh (package zsh)', () => {
  /** Types a line into a zsh of a pseudo terminal and presses tab; what is on the line then. */
  function complete(line: string): string {
    const script = `
      zmodload zsh/zpty
      zpty inner zsh -f -i
      zpty -w inner "PS1='' PS2='' RPS1=''; unsetopt zle_bracketed_paste prompt_sp; zstyle ':completion:*' list-prompt ''; LISTMAX=0"
      zpty -w inner 'autoload -Uz compinit && compinit -u -d $HOME/.zcompdump && source $HOME/_guestwright'
      zpty -w inner 'tell() { print -r -- "<<$BUFFER>>" }; zle -N tell; bindkey "^X^T" tell; print READY-$((1+1))'
      zpty -r inner said '*READY-2*'
      zpty -n -w inner "$1"$'\\t\\C-x\\C-t'
      zpty -r inner said '*<<*>>*'
      print -r -- "\${\${said##*<<}%%>>*}"
      zpty -d inner`;
    const { stdout } = spawnSync('zsh', ['-f', '-c', script, 'zsh', line], {
      env,
      cwd: work,
      encoding: 'utf8',
      timeout: 30_000,
    });
    return stdout.trim();
  }

  it('completes short ids, options, conditions and files', () => {
    expect(complete('guestwright recommend plain1')).toBe('guestwright recommend plain1');
    expect(complete('guestwright sizes --js')).toBe('guestwright sizes --json');
    expect(complete('osinfo-query os vendor=Two\\ W')).toBe('osinfo-query os vendor=Two\\ Words');
    expect(complete('guestwright build ser')).toBe('guestwright build server.ks');
  });

  it('writes words so that they stay words, and runs nothing', () => {
    expect(complete('guestwright recommend plain\\$')).toBe('guestwright recommend plain\\$\\(touch\\ RAN\\)');
    expectNothingRan();
  });
});
