// SPDX-License-Identifier: Apache-2.0
import { constants, existsSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { run } from '../../osinfo/doors/process.js';
import { InputError } from '../../osinfo/errors.js';
import { formatRecommendation } from '../../osinfo/formats/index.js';
import { MOST_NICS } from '../../osinfo/formats/request.js';
import type { Db } from '../../osinfo/model/types.js';
import { deploymentFor } from '../../osinfo/recommend/deployment.js';
import { recommend } from '../../osinfo/recommend/index.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import { refusePartsOf } from '../machine/other-files.js';
import { commandFile } from '../run/command-file.js';
import { makeWholeFolder } from '../run/whole-folder.js';
import { makeBlanks } from '../virt-image/blanks.js';
import type { ReadVirtImage } from '../virt-image/model.js';
import { deploymentOf } from '../virt-image/recommend-machine.js';
import { type FoundDisk, findDisks } from '../virt-image/storage.js';
import { verifyDisks } from '../virt-image/verify.js';
import type { DeployTarget } from './targets.js';

export interface FolderRequest {
  readonly image: ReadVirtImage;
  readonly target: DeployTarget;
  readonly name: string;
  /** Is made; must not be there. */
  readonly folder: string;
  readonly onStep?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface WrittenFolder {
  readonly folder: string;
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

const CONVERT_MS = 12 * 3600 * 1000;

/**
 * Writes a folder with all that a machine needs elsewhere: its disks in a format that is read there, the commands or
 * descriptions of the machine that is recommended there, and a README that says what to do with them. Whole or not at all.
 * @throws InputError for a folder that is there, a disk that is missing or not what its checksum says, an image that names
 *   another file, a machine that the target cannot have; WorkError for what cannot be written
 */
export async function writeDeployFolder(request: FolderRequest, db: Db): Promise<WrittenFolder> {
  const { image, target, name, signal } = request;
  const folder = resolve(request.folder);
  if (existsSync(folder))
    throw new InputError('folder', `${folder} is there already: take it away, or name another with --output`);
  const warnings: string[] = [];
  const boot = image.boots.find(({ type }) => type === 'hvm');
  if (!boot) throw new InputError('no-boot', 'it describes no machine of full virtualization', { file: image.file });
  const needed = [...new Set(boot.drives.map(({ disk }) => disk))].filter(({ format }) => format !== 'iso');
  const found = findDisks(image, new Set(needed), (message) => void warnings.push(message));
  await verifyDisks(found, image.file, signal);
  const disks = needed.map((disk) => found.find((one) => one.disk === disk)!);
  refusePartsOf(disks);
  const recommendation = recommendFor(image, image.boots.indexOf(boot), target, db);
  return await makeWholeFolder(folder, { code: 'deploy', signal }, async (part) => {
    const placed: { readonly file: string; readonly format: string }[] = [];
    for (const [index, disk] of disks.entries()) {
      signal?.throwIfAborted();
      const format = target.disk?.format ?? disk.disk.format;
      const file = `${name}-${index + 1}.${target.disk?.suffix ?? format}`;
      request.onStep?.(`${disk.path} → ${file}`);
      await placeDisk(disk, join(part, file), target, signal);
      placed.push({ file, format });
    }
    const root = target.folder?.(name) ?? (target.name === 'dir' ? folder : undefined);
    const files: string[] = [];
    for (const { format, file: pattern, script } of target.files) {
      const { text, warnings: more } = formatRecommendation(format, recommendation, {
        name,
        disks: placed.map((one) => ({
          path: root === undefined ? one.file : join(root, one.file),
          format: one.format,
        })),
        nics: Math.min(MOST_NICS, image.interfaces),
      });
      const file = pattern.replace('NAME', name);
      writeFileSync(join(part, file), script ? commandFile(text) : text, { mode: script ? 0o755 : 0o644 });
      files.push(file);
      warnings.push(...more);
    }
    const notes = [...new Set(warnings)];
    const names = placed.map(({ file }) => file);
    writeFileSync(join(part, 'README.md'), readmeOf(name, target, recommendation, names, notes));
    return { folder, files: ['README.md', ...files, ...names].sort(), warnings: notes };
  });
}

/** The machine for the OS of a descriptor on another platform: what holds of the image, and not what held of a host. */
function recommendFor(image: ReadVirtImage, boot: number, target: DeployTarget, db: Db): Recommendation {
  const { modern, memoryKiB } = image;
  const os = (modern?.os && (db.findOs(modern.os.id) ?? db.findOs(modern.os.shortId ?? ''))) ?? db.os('unknown');
  const platform = db.platform(target.platform);
  const deployment = deploymentFor(db, os, platform);
  const own = deploymentOf(image, boot);
  const firmware = own?.firmware?.type === 'uefi' ? (['uefi'] as const) : (['bios'] as const);
  const count = Number(image.vcpus);
  return recommend({
    os,
    platform,
    arch: image.boots[boot]!.arch,
    image: { firmware, secureBoot: own?.firmware?.secureBoot ?? false },
    overrides: {
      ...(memoryKiB === undefined ? {} : { memoryBytes: memoryKiB * 1024 }),
      ...(Number.isInteger(count) && count > 0 ? { cpus: count } : {}),
      ...(own?.serialConsole ? { serialConsole: true } : {}),
    },
    ...(deployment === undefined ? {} : { deployment }),
  });
}

/** A disk in the format that the target reads; holes stay holes. */
async function placeDisk(
  found: FoundDisk,
  path: string,
  { disk: wanted }: DeployTarget,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { disk } = found;
  const format = wanted?.format ?? disk.format;
  if (found.blankBytes !== undefined) {
    await makeBlanks([{ ...found, disk: { ...disk, format: format as typeof disk.format }, path }], signal);
    return;
  }
  if (format === disk.format && wanted?.options === undefined) {
    if (format !== 'raw') {
      // Signals are heard meanwhile.
      await copyFile(found.path, path, constants.COPYFILE_FICLONE);
      return;
    }
  }
  const options = wanted?.options === undefined ? [] : ['-o', wanted.options];
  const words = ['qemu-img', 'convert', '-q', '-f', disk.format, '-O', format, ...options, '--', found.path, path];
  await run(words, { timeoutMs: CONVERT_MS, ...(signal === undefined ? {} : { signal }) });
}

function readmeOf(
  name: string,
  target: DeployTarget,
  { os, cpu, memoryBytes, firmware, platform }: Recommendation,
  disks: readonly string[],
  warnings: readonly string[],
): string {
  const lines = [
    `# ${name} for ${target.about.split(':')[0]}`,
    '',
    `${os.name ?? os.id} on ${platform.name ?? platform.id}: ${cpu.count} processors, ${Math.round(memoryBytes / 1024 ** 2)} MiB of memory, ${firmware.type === 'uefi' ? 'UEFI' : 'BIOS'}.`,
    '',
    ...target.steps(name, disks).map((step, index) => `${index + 1}. ${step}`),
    ...(warnings.length === 0 ? [] : ['', 'What could not be said, or is left to you:', '']),
    ...warnings.map((warning) => `- ${warning}`),
  ];
  return `${lines.join('\n')}\n`;
}
