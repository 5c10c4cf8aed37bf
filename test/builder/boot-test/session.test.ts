// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it } from 'vitest';
import { checkInside } from '../../../builder/boot-test/inside.js';
import { type CommandResult, Session } from '../../../builder/boot-test/session.js';
import { startPseudoGuest } from './pseudo-guest.js';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function logIn(shell: string, password = 'pass word', lines: string[] = []): Promise<Session> {
  const { console, end } = startPseudoGuest(shell, lines);
  ends.push(end);
  await console.expect(/login: /, 5, 'login prompt');
  return await Session.logIn(console, password, 5);
}

/** Without a shell that has line editing this is all the same: each is somebody's root shell. */
describe.each(['bash --norc -i', 'dash -i', 'bash --posix -i'])('root’s shell on a console, %s', (shell) => {
  it('runs commands as they are written, and tells output and exit code', async () => {
    const session = await logIn(shell);
    const ask = async (command: string): Promise<Omit<CommandResult, 'command'>> => {
      const { command: same, ...answer } = await session.run(command);
      expect(same).toBe(command);
      return answer;
    };
    expect(await ask('echo one; echo two >&2; exit 3')).toEqual({ output: 'one\ntwo\n', exitCode: 3 });
    expect(await ask('true')).toEqual({ output: '', exitCode: 0 });
    expect(await ask('printf "no line end"')).toEqual({ output: 'no line end', exitCode: 0 });
    expect(await ask(`printf '%s\\n' "it's \\"\\$x\\" 100% \\\\ back" '\`no\`'`)).toEqual({
      output: 'it\'s "$x" 100% \\ back\n`no`\n',
      exitCode: 0,
    });
    expect((await ask('echo Grüße 🔐')).output).toBe('Grüße 🔐\n');
    expect((await ask('for one in 1 2\ndo\n\techo "$one"\ndone')).output).toBe('1\n2\n');
    expect((await ask('echo "unbalanced')).exitCode).not.toBe(0);
    expect((await ask('kill -9 $$')).exitCode).toBe(137);
    expect((await ask('cat')).output).toBe('');
    expect(await ask('no-such-program-here')).toMatchObject({ exitCode: 127 });
  });

  it('takes commands of many thousand letters, and long lines and much output whole', async () => {
    const session = await logIn(shell);
    const words = Array.from({ length: 900 }, (_, index) => `'word ${index}'`);
    const long = await session.run(`set -- ${words.join(' ')}; echo $# "\${900}"`);
    expect(long).toMatchObject({ output: '900 word 899\n', exitCode: 0 });
    expect((await session.run('printf "%03000d\\n" 7')).output).toBe(`${'0'.repeat(2999)}7\n`);
    expect((await session.run('seq 1 5000')).output.split('\n')).toHaveLength(5001);
  });

  it('says which command did not end in time', async () => {
    const session = await logIn(shell);
    await expect(session.run('sleep 30', 1)).rejects.toThrow('no end of "sleep 30" within 1 s');
  });
});

describe('a log-in', () => {
  it('with a wrong password is refused at once', async () => {
    await expect(logIn('dash -i', 'wrong')).rejects.toThrow('root’s password was not accepted on the console');
  });

  it('whose prompt is its owner’s invention is waited for as well', async () => {
    const session = await logIn(`env PS1=ok: dash -i`);
    expect((await session.run('echo here')).output).toBe('here\n');
  }, 10_000);

  it('leaves the password on no line of the console', async () => {
    const lines: string[] = [];
    const session = await logIn('dash -i', 'pass word', lines);
    await session.run('true');
    expect(lines.join('\n')).not.toContain('pass word');
    expect(lines).toContain('web login: root');
  });

  it('that is cut off says so', async () => {
    const session = await logIn('dash -i');
    await expect(session.run('kill -9 $PPID')).rejects.toThrow(/^it ended/);
  });

  it('refuses a command with a NUL in it, and one without measure', async () => {
    const session = await logIn('dash -i');
    await expect(session.run('a\0b')).rejects.toThrow(/NUL/);
    await expect(session.run('x'.repeat(100_000))).rejects.toThrow(/longer than 65536 bytes/);
  });
});

it('the system behind a console is looked at: what is mounted, how large, and its swap', async () => {
  const session = await logIn('dash -i');
  const seen = await checkInside(
    session,
    {
      mounts: [
        { target: '/proc', type: 'proc' },
        { target: '/srv/none', type: 'ext4' },
      ],
      swaps: 99,
    },
    5,
  );
  expect(seen.map(({ check, passed }) => [check, passed])).toEqual([
    ['units', expect.any(Boolean)],
    ['mounts', false],
    ['sizes', true],
    ['swap', false],
  ]);
  expect(seen[1]!.detail).toBe('/srv/none is not mounted');
});
