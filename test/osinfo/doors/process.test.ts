// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cleanEnvironment, run, showCommand, start } from '../../../osinfo/doors/process.js';
import { InputError, MissingError, ToolError } from '../../../osinfo/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'guestwright-process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('run', () => {
  it('passes every word as it is, whatever a shell would make of it', async () => {
    const words = ['$(id)', '`id`', "it's", '"', '', '*', '~', ';&|<>', 'a\nb', '\\', '--', '-n', '\t', 'ü'];
    const { stdout } = await run(['printf', '%s\\0', ...words]);
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });

  it('gives the program a clean environment and an input that is closed', async () => {
    process.env['GUESTWRIGHT_TEST_LEAK'] = 'x';
    const { stdout } = await run(['env']);
    expect(stdout).not.toContain('GUESTWRIGHT_TEST_LEAK');
    expect((await run(['cat'])).stdout).toBe('');
    expect((await run(['cat'], { input: 'words' })).stdout).toBe('words');
    expect(cleanEnvironment({ A: 'b' })['A']).toBe('b');
  });

  it('says in one line how a program failed, with its last words', async () => {
    const error = await run(['sh', '-c', 'echo first >&2; echo why >&2; exit 3']).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(ToolError);
    expect((error as ToolError).message).toBe('sh ended with exit code 3: why');
    expect((error as ToolError).exitCode).toBe(3);
  });

  it('takes the exit codes that the caller calls success', async () => {
    expect((await run(['sh', '-c', 'exit 4'], { okCodes: [0, 4] })).exitCode).toBe(4);
  });

  it('ends a program that takes too long', async () => {
    const started = Date.now();
    await expect(run(['sleep', '60'], { timeoutMs: 300 })).rejects.toThrow(/took longer/);
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it('names a program that is not there', async () => {
    await expect(run(['guestwright-no-such-program'])).rejects.toBeInstanceOf(MissingError);
  });

  it('refuses a NUL, which would cut the word short', async () => {
    await expect(run(['echo', 'a\0b'])).rejects.toBeInstanceOf(InputError);
  });

  it('hands out lines as they come, keeps a log, and bounds what it keeps', async () => {
    const lines: string[] = [];
    const log = join(folder, 'log');
    const { stdout } = await run(
      ['sh', '-c', 'i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; printf end'],
      { log, keepBytes: 1000, onLine: (line) => lines.push(line) },
    );
    expect(lines).toHaveLength(20_001);
    expect(lines.at(-1)).toBe('end');
    expect(stdout.length).toBeLessThan(200_000);
    expect(readFileSync(log, 'utf8')).toContain('line 19999');
  });

  it('is stopped by a signal', async () => {
    const stopper = new AbortController();
    const running = run(['sleep', '60'], { signal: stopper.signal });
    setTimeout(() => stopper.abort(), 100);
    await expect(running).rejects.toThrow(/was stopped/);
  });

  it('is not started after its signal', async () => {
    const trace = join(folder, 'trace');
    await expect(run(['touch', trace], { signal: AbortSignal.abort() })).rejects.toThrow('touch was stopped');
    expect(existsSync(trace)).toBe(false);
  });
});

describe('start', () => {
  it('gives a program that ends when its input does', async () => {
    const lines: string[] = [];
    const cat = await start(['cat'], { onLine: (line) => lines.push(line) });
    cat.write('one\n');
    cat.closeInput();
    expect(await cat.ended).toBe(0);
    expect(lines).toEqual(['one']);
  });

  it('hands out a prompt that has no end of line, when asked to', async () => {
    const lines: string[] = [];
    const program = await start(['sh', '-c', 'printf "login: "; exec sleep 30'], {
      onLine: () => undefined,
      onPartial: (tail) => lines.push(tail),
    });
    while (lines.length === 0) await new Promise((done) => setTimeout(done, 20));
    program.kill('SIGKILL');
    await program.ended;
    expect(lines[0]).toBe('login: ');
  });

  it('names a program that is not there', async () => {
    await expect(start(['guestwright-no-such-program'], { onLine: () => undefined })).rejects.toBeInstanceOf(
      MissingError,
    );
  });
});

it('shows a command as it can be typed', () => {
  expect(showCommand(['virsh', 'define', "it's here.xml"])).toBe(`virsh define 'it'\\''s here.xml'`);
});
