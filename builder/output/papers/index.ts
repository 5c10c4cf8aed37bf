// SPDX-License-Identifier: Apache-2.0
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputEpoch } from '../../../osinfo/doors/clock.js';
import { packageVersion } from '../../../osinfo/package-root.js';
import type { Plan } from '../../plan/types.js';
import type { JobResult } from '../../run/protocol.js';
import { checksumFile } from '../checksum.js';
import type { ManifestPaper } from '../manifest.js';
import { uuidOf } from '../sbom/bill.js';
import { makeCycloneDx } from '../sbom/cyclonedx.js';
import { makeSpdx } from '../sbom/spdx.js';
import type { SbomInput } from '../sbom/types.js';
import { formatPackageList } from './package-list.js';

/**
 * Writes what lies beside the images for whoever wants to know what is in them: a list of packages, and the bills of
 * materials in both forms.
 * @param key a name for exactly this plan
 * @returns the files, as the manifest names them
 */
export async function writePapers(
  folder: string,
  plan: Plan,
  { packages, osRelease }: Pick<JobResult, 'packages' | 'osRelease'>,
  key: string,
): Promise<ManifestPaper[]> {
  const created = plan.outputs.sourceDateEpoch ?? outputEpoch({});
  const input: SbomInput = {
    name: plan.name,
    ...(plan.version === undefined ? {} : { version: plan.version }),
    arch: plan.arch.name,
    family: plan.os.family,
    os: plan.os,
    ...(osRelease === undefined ? {} : { osRelease }),
    packages,
    created,
    uuid: uuidOf(JSON.stringify([key, created, packages])),
    toolVersion: packageVersion(),
  };
  const papers = [
    { kind: 'packages', file: `${plan.name}.packages.txt`, text: formatPackageList(packages) },
    { kind: 'spdx', file: `${plan.name}.spdx.json`, text: formatJson(makeSpdx(input)) },
    { kind: 'cyclonedx', file: `${plan.name}.cdx.json`, text: formatJson(makeCycloneDx(input)) },
  ] as const;
  return await Promise.all(
    papers.map(async ({ kind, file, text }) => {
      const path = join(folder, file);
      writeFileSync(path, text);
      const { sha256 } = await checksumFile(path, ['sha256']);
      return { kind, file, lengthBytes: statSync(path).size, checksums: { sha256 } };
    }),
  );
}

function formatJson(document: object): string {
  return `${JSON.stringify(document, undefined, 1)}\n`;
}
