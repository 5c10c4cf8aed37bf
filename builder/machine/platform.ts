// SPDX-License-Identifier: Apache-2.0
import { run } from '../../osinfo/doors/process.js';
import type { Db, Platform } from '../../osinfo/model/types.js';
import { emulatorOf } from '../boot-test/emulators.js';
import { findProgram } from '../run/probes.js';

/**
 * The database's entry for the QEMU of this machine, or the newest older one: what it is told to start can be started
 * here.
 * @param arch of the guest, in the database's word
 */
export async function hostPlatform(db: Db, arch: string): Promise<Platform> {
  const program = [emulatorOf(arch), emulatorOf('x86_64')].find((name) => findProgram(name) !== undefined);
  if (program === undefined) return db.platform('kvm');
  const { stdout } = await run([program, '--version'], { timeoutMs: 20_000 });
  const [major, minor] = (/version (\d+)\.(\d+)/.exec(stdout)?.slice(1) ?? []).map(Number);
  const version = (platform: Platform): number => {
    const [one, two] = (platform.version ?? '').split('.').map(Number);
    return (one ?? 0) * 1000 + (two ?? 0);
  };
  const wanted = (major ?? 0) * 1000 + (minor ?? 0);
  const fitting = db
    .platforms()
    .filter((one) => one.shortId?.startsWith('qemu-') && version(one) > 0 && version(one) <= wanted);
  return fitting.sort((a, b) => version(b) - version(a))[0] ?? db.platform('kvm');
}
