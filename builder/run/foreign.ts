// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../osinfo/doors/process.js';
import { MissingError } from '../../osinfo/errors.js';
import { machineArch } from '../plan/host.js';
import { findProgram } from './probes.js';

/** An architecture as the kernel and QEMU know it. */
interface Machine {
  /** EI_CLASS and e_machine of its ELF files (elf(5)). */
  readonly bits: 32 | 64;
  readonly elf: number;
  /** QEMU's name of it, in the names of its emulators. */
  readonly qemu: string;
  /** The program that ends well at once: exit(0), in its own instructions. */
  readonly exit: readonly number[];
}

const MACHINES: Readonly<Record<string, Machine>> = {
  // mov edi, 0 (xor); mov eax, 60; syscall
  x86_64: { bits: 64, elf: 62, qemu: 'x86_64', exit: [0x31, 0xff, 0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05] },
  // xor ebx, ebx; mov eax, 1; int 0x80
  i686: { bits: 32, elf: 3, qemu: 'i386', exit: [0x31, 0xdb, 0xb8, 1, 0, 0, 0, 0xcd, 0x80] },
  // mov x0, #0; mov x8, #93; svc #0
  aarch64: {
    bits: 64,
    elf: 183,
    qemu: 'aarch64',
    exit: [0, 0, 0x80, 0xd2, 0xa8, 0x0b, 0x80, 0xd2, 1, 0, 0, 0xd4],
  },
};

/** What processors run besides their own, where the kernel was made for it. */
const ALSO_RUNS: Readonly<Record<string, readonly string[]>> = { x86_64: ['i686'] };

/** Whether programs of an architecture have to be emulated on a machine. */
export function isEmulated(arch: string, machine = machineArch()): boolean {
  return arch !== machine && !(ALSO_RUNS[machine] ?? []).includes(arch);
}

/** The emulator of an architecture's programs that needs nothing of the tree that they run in; undefined: there is none. */
export function findEmulator(arch: string): string | undefined {
  const { qemu } = MACHINES[arch]!;
  // Newer packages have one that is static by nature, under the plain name.
  return findProgram(`qemu-${qemu}-static`) ?? findProgram(`qemu-${qemu}`);
}

/**
 * The line by which the kernel learns what runs an architecture's programs (its Documentation/admin-guide/binfmt-misc):
 * told by the first 20 bytes of an ELF file, programs and shared objects alike, whatever system they say they are for.
 * Flags: O and C, so that setuid programs of the tree are that; P, so that a program sees the name it was called by; F, so
 * that the emulator is opened now, here, and need not be in the tree.
 */
export function binfmtLine(arch: string, emulator: string): string {
  const header = elfHeader(MACHINES[arch]!).subarray(0, 20);
  const mask = Buffer.alloc(20, 0xff);
  mask[7] = 0;
  mask[16] = 0xfe;
  return `:qemu-${MACHINES[arch]!.qemu}:M::${escaped(header)}:${escaped(mask)}:${emulator}:OCPF`;
}

function escaped(bytes: Buffer): string {
  return [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Identification, type (a program) and machine; zero where the rest of the header is. */
function elfHeader({ bits, elf }: Machine): Buffer {
  const header = Buffer.alloc(bits === 64 ? 64 : 52);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, 1, 1]).copy(header);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(elf, 18);
  header.writeUInt32LE(1, 20);
  return header;
}

/** Where a program is loaded that says nothing else. */
const ADDRESS = 0x400000;

/** The smallest program of an architecture: it ends with exit code 0 and needs no other file. */
export function smallestProgram(arch: string): Buffer {
  const machine = MACHINES[arch]!;
  const header = elfHeader(machine);
  const wide = machine.bits === 64;
  const segment = Buffer.alloc(wide ? 56 : 32);
  const start = header.length + segment.length;
  const size = start + machine.exit.length;
  const word = (buffer: Buffer, value: number, at: number): void => {
    if (wide) buffer.writeBigUInt64LE(BigInt(value), at);
    else buffer.writeUInt32LE(value, at);
  };
  word(header, ADDRESS + start, 24);
  word(header, header.length, wide ? 32 : 28);
  header.writeUInt16LE(header.length, wide ? 52 : 40);
  header.writeUInt16LE(segment.length, wide ? 54 : 42);
  header.writeUInt16LE(1, wide ? 56 : 44);
  // One segment: the whole file, to be read and executed.
  segment.writeUInt32LE(1, 0);
  segment.writeUInt32LE(5, wide ? 4 : 24);
  for (const [value, at] of wide
    ? ([
        [ADDRESS, 16],
        [ADDRESS, 24],
        [size, 32],
        [size, 40],
        [0x1000, 48],
      ] as const)
    : ([
        [ADDRESS, 8],
        [ADDRESS, 12],
        [size, 16],
        [size, 20],
        [0x1000, 28],
      ] as const))
    word(segment, value, at);
  return Buffer.concat([header, segment, Buffer.from(machine.exit)]);
}

/**
 * Makes the programs of a tree of another architecture run in this process's name spaces: the kernel is told of the
 * emulator for them alone where it can (Linux 6.7; the registration goes with the name spaces); before that this
 * machine's own registration has to be there. Tried out with a program in a root of its own, as the tree will be.
 * @param folder a folder of the build's own, kept as long as the programs are to run
 * @throws MissingError when they do not run
 */
export async function enableForeign(arch: string, folder: string): Promise<void> {
  if (arch === machineArch()) return;
  const emulated = isEmulated(arch);
  const emulator = emulated ? findEmulator(arch) : undefined;
  const refusal =
    emulator === undefined ? undefined : await register(binfmtLine(arch, emulator), join(folder, 'binfmt'));
  if (await runsPrograms(arch, folder)) return;
  const what = `this machine does not run the programs of ${arch}`;
  if (!emulated) throw new MissingError('foreign-arch', `${what}: its kernel leaves them out (CONFIG_IA32_EMULATION)`);
  const { qemu } = MACHINES[arch]!;
  if (emulator === undefined)
    throw new MissingError(
      'no-emulator',
      `${what}: missing: qemu-${qemu}-static; sudo apt-get install qemu-user-static`,
    );
  throw new MissingError(
    'no-binfmt',
    refusal === undefined
      ? `${what}: ${emulator} needs files that a tree does not have; sudo apt-get install qemu-user-static`
      : `${what}: its kernel knows no emulators of name spaces (Linux 6.7 does; ${refusal}), and none is registered for all of it; sudo apt-get install binfmt-support qemu-user-static`,
  );
}

/** Tells the kernel of an emulator; why it could not be, in few words. */
async function register(line: string, mountpoint: string): Promise<string | undefined> {
  mkdirSync(mountpoint, { mode: 0o755 });
  try {
    await run(['mount', '-t', 'binfmt_misc', 'guestwright', mountpoint]);
    writeFileSync(join(mountpoint, 'register'), line);
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0]!.slice(0, 200);
  }
}

async function runsPrograms(arch: string, folder: string): Promise<boolean> {
  const root = join(folder, 'foreign');
  mkdirSync(root, { mode: 0o755 });
  writeFileSync(join(root, 'program'), smallestProgram(arch), { mode: 0o755 });
  try {
    await run(['chroot', root, '/program'], { timeoutMs: 60_000 });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
