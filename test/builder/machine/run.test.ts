// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parseForward, probeForwards } from '../../../builder/machine/forward.js';
import { commandOf, planRun, type RunWishes } from '../../../builder/machine/plan-run.js';
import { readAppliance } from '../../../builder/machine/read-appliance.js';
import { type RunEnd, runMachine } from '../../../builder/machine/run.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { db, writeAppliance } from './appliances.js';
import { writeTinyGuest } from './tiny-guest.js';

const emulated = { accelerator: 'tcg', why: 'for the test' } as const;
const plain: RunWishes = { forwards: [], persist: false };

async function planned(wishes: Partial<RunWishes> = {}, path = writeAppliance(join(newFolder(), 'tiny'))) {
  return planRun(await readAppliance(path, () => db), { ...plain, ...wishes }, emulated);
}

/** A machine with its console: what it says, and what it is told. */
async function start(wishes: Partial<RunWishes> = {}, path?: string) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let said = '';
  const waiting = new Set<() => void>();
  output.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1');
    for (const check of waiting) check();
  });
  const plan = await planned(wishes, path);
  const ended: Promise<RunEnd> = runMachine(plan, { input, output });
  const heard = (text: string): Promise<void> =>
    new Promise((done) => {
      const check = (): void => {
        if (!said.includes(text)) return;
        waiting.delete(check);
        done();
      };
      waiting.add(check);
      check();
    });
  return { plan, input, ended, heard };
}

describe('a machine', () => {
  it('speaks through its console, hears every key, and ends when the guest switches itself off', async () => {
    const { input, ended, heard } = await start();
    await heard('ready');
    input.write('echo\x03me');
    await heard('echo\x03me');
    input.write('q');
    expect(await ended).toEqual({ by: 'guest' });
  });

  it('ends by Ctrl-], also when more was typed, and not with the end of its input', async () => {
    const { input, ended, heard } = await start();
    await heard('ready');
    input.end('one\x1dtwo');
    expect(await ended).toEqual({ by: 'user' });
  });

  it('forgets what it wrote, and leaves no file', async () => {
    const folder = writeAppliance(join(newFolder(), 'tiny'));
    const before = readFileSync(join(folder, 'tiny-sda.raw'));
    const files = readdirSync(folder);
    const { input, ended, heard } = await start({}, folder);
    await heard('ready');
    input.write('w');
    await heard('W');
    input.write('q');
    await ended;
    expect(readFileSync(join(folder, 'tiny-sda.raw')).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(files);
  });

  it('keeps it where it is asked to, and its UEFI variables beside its disks', async () => {
    const folder = writeAppliance(join(newFolder(), 'tiny'));
    const { input, ended, heard } = await start({ persist: true }, folder);
    await heard('ready');
    input.write('w');
    await heard('W');
    input.write('\x1d');
    await ended;
    const disk = readFileSync(join(folder, 'tiny-sda.raw'));
    expect(disk.subarray(512, 600).equals(disk.subarray(0, 88))).toBe(true);
    const { variables } = await planned({ persist: true, firmware: 'uefi' }, folder);
    expect(variables?.path).toBe(join(folder, 'tiny.vars.fd'));
  });

  it('starts from the UEFI variables that lie beside its disks, and without --persist does not write to them', async () => {
    const folder = writeAppliance(join(newFolder(), 'tiny'));
    const drive = (plan: Awaited<ReturnType<typeof planned>>): string | undefined =>
      commandOf(plan, 'start').argv.find((word) => word.startsWith('if=pflash,unit=1'));
    const file = join(folder, 'tiny.vars.fd');
    expect(drive(await planned({ firmware: 'uefi' }, folder))).not.toContain(file);
    writeFileSync(file, '');
    expect(drive(await planned({ firmware: 'uefi' }, folder))).toMatch(/,snapshot=on,file=.*tiny\.vars\.fd$/);
    expect(drive(await planned({ firmware: 'uefi', persist: true }, folder))).toBe(
      `if=pflash,unit=1,format=raw,file=${file}`,
    );
  });

  it('has a blank disk where the descriptor wants one to be made, and leaves none', async () => {
    const folder = newFolder();
    writeTinyGuest(join(folder, 'a.raw'), 'ready');
    writeFileSync(
      join(folder, 'a.xml'),
      `<image><name>a</name><domain><boot type='hvm'><guest><arch>x86_64</arch></guest><os><loader dev='hd'/></os>
       <drive disk='a.raw'/><drive disk='data.raw'/></boot><devices><memory>65536</memory></devices></domain>
       <storage><disk file='a.raw' format='raw'/><disk file='data.raw' use='scratch' size='8'/></storage></image>`,
    );
    const { input, ended, heard } = await start({}, join(folder, 'a.xml'));
    await heard('ready');
    input.write('q');
    expect(await ended).toEqual({ by: 'guest' });
    expect(readdirSync(folder).sort()).toEqual(['a.raw', 'a.xml']);
    const kept = await start({ persist: true }, join(folder, 'a.xml'));
    await kept.heard('ready');
    kept.input.write('q');
    await kept.ended;
    expect(existsSync(join(folder, 'data.raw'))).toBe(true);
  });

  it('that QEMU does not start says why in a line', async () => {
    const { ended } = await start({ memoryMiB: 2 ** 30 });
    await expect(ended).rejects.toThrow(/^QEMU ended with exit code 1: .*(?:memory|maxmem|size)/i);
  });
});

describe('the command of a machine', () => {
  const words = async (wishes: Partial<RunWishes>): Promise<string> =>
    commandOf(await planned(wishes), 'start').argv.join(' ');

  it('is as recommended, with what the user wants otherwise', async () => {
    expect(await words({})).toMatch(/^qemu-system-x86_64 -name tiny .*-smp 1,.*-m 64M .*snapshot=on/);
    const other = await words({
      memoryMiB: 128,
      vcpus: 3,
      firmware: 'uefi',
      graphics: 'vnc',
      persist: true,
      forwards: [parseForward('8080:80'), parseForward('0.0.0.0:5353:53/udp')],
    });
    expect(other).toContain('-smp 3,sockets=1,cores=3,threads=1');
    expect(other).toContain('-m 128M');
    expect(other).toMatch(/if=pflash,unit=0,.*OVMF/);
    expect(other).toContain('-vnc 127.0.0.1:0,to=99');
    expect(other).toContain('hostfwd=tcp:127.0.0.1:8080-:80,hostfwd=udp:0.0.0.0:5353-:53');
    expect(other).not.toContain('snapshot=on');
  });

  it('shown to a person has a way out on its console', async () => {
    const { argv } = commandOf(await planned(), 'show');
    expect(argv.join(' ')).toContain('-serial mon:stdio');
    expect(argv.join(' ')).not.toContain('chardev=serial0');
  });

  it('refuses to keep what is written to an image that nothing can be written to', async () => {
    const folder = newFolder();
    const appliance = await readAppliance(writeAppliance(join(folder, 'tiny')), () => db);
    const raw = writeTinyGuest(join(folder, 'a.raw'), 'x');
    const words = ['convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', raw, join(folder, 'a.vmdk')];
    spawnSync('qemu-img', words);
    const disks = [{ path: join(folder, 'a.vmdk'), format: 'vmdk' }];
    expect(() => planRun({ ...appliance, disks }, { ...plain, persist: true }, emulated)).toThrow(
      /a\.vmdk: it is compressed for transport and cannot be written to; leave out --persist$/,
    );
    expect(planRun({ ...appliance, disks }, plain, emulated).machine.arch).toBe('x86_64');
  });

  it('refuses images that name files of others, and takes those that came together', async () => {
    const folder = newFolder();
    const base = writeTinyGuest(join(folder, 'base.raw'), 'x');
    const elsewhere = writeTinyGuest(join(newFolder(), 'base.raw'), 'x');
    const make = (name: string, ...words: string[]): string => {
      spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...words, join(folder, name), '1M']);
      return join(folder, name);
    };
    const appliance = await readAppliance(writeAppliance(join(folder, 'tiny')), () => db);
    const plan = (path: string) => planRun({ ...appliance, disks: [{ path, format: 'qcow2' }] }, plain, emulated);
    expect(plan(make('plain.qcow2')).machine.arch).toBe('x86_64');
    expect(plan(make('over.qcow2', '-b', base, '-F', 'raw')).machine.arch).toBe('x86_64');
    expect(plan(make('near.qcow2', '-b', 'base.raw', '-F', 'raw')).machine.arch).toBe('x86_64');
    const out = make('out.qcow2', '-b', elsewhere, '-F', 'raw');
    expect(() => plan(out)).toThrow(/out\.qcow2: it stands on ".*base\.raw", outside of its folder; qemu-img convert/);
    const third = make('third.qcow2', '-b', 'out.qcow2', '-F', 'qcow2');
    expect(() => plan(third)).toThrow(/stands on .*out\.qcow2, which stands on a third/);
    const json = make('json.qcow2', '-u', '-b', 'json:{"driver":"nbd"}', '-F', 'raw');
    expect(() => plan(json)).toThrow(/outside of its folder/);
    const data = make('data.qcow2', '-o', `data_file=${join(folder, 'data.raw')}`);
    expect(() => plan(data)).toThrow(/keeps its data in another file/);
  });

  it('of an architecture without QEMU says how to install it', async () => {
    const appliance = await readAppliance(writeAppliance(join(newFolder(), 'tiny')), () => db);
    const foreign = { ...appliance, recommendation: { ...appliance.recommendation, arch: 's390x' } };
    expect(() => planRun(foreign, plain, emulated)).toThrow(/^images for s390x are not started here$/);
    expect(() => planRun(foreign, { ...plain, firmware: 'bios' }, emulated)).toThrow(/s390x has no BIOS/);
  });
});

describe('ports', () => {
  it.each([
    ['8080:80', 'tcp', '127.0.0.1', 8080, 80],
    ['0.0.0.0:2222:22', 'tcp', '0.0.0.0', 2222, 22],
    ['5353:53/udp', 'udp', '127.0.0.1', 5353, 53],
    ['127.0.0.2:1:65535/tcp', 'tcp', '127.0.0.2', 1, 65_535],
  ])('%s', (text, protocol, address, hostPort, guestPort) => {
    expect(parseForward(text)).toEqual({ protocol, address, hostPort, guestPort });
  });

  it.each([
    '80',
    '0:80',
    '80:65536',
    'x:80:80',
    '1.2.3:80:80',
    '1.2.3.256:1:1',
    '80:80/icmp',
    '::1:80:80',
    '8080:80,restrict=off',
    '',
  ])('%s is refused', (text) =>
    expect(() => parseForward(text)).toThrow(/8080:80, 0\.0\.0\.0:8080:80 and 5353:53\/udp are$/),
  );

  it('in use, or not of this machine, are found out before anything starts', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const ask = (...texts: string[]) => probeForwards(texts.map(parseForward));
    await expect(ask(`${port}:80`)).rejects.toThrow(
      `port ${port} of 127.0.0.1 (tcp) is in use; choose another with --forward`,
    );
    await ask(`${port}:80/udp`);
    await expect(ask(`203.0.113.7:${port}:80`)).rejects.toThrow('203.0.113.7 is no address of this machine');
    await expect(ask(`${port}:80/udp`, `${port}:81/udp`)).rejects.toThrow(/is to lead to two ports/);
    await new Promise((done) => server.close(done));
    await ask(`${port}:80`);
  });
});
