// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { fileContent, type TarEntry, tarBytes, tarDigest, writeTarFile } from './tar.js';

export interface ContainerDiskInput {
  /** The appliance's name; the image is tagged with it. */
  readonly name: string;
  readonly version?: string;
  /** What people see of it: `Debian 12`. */
  readonly osName: string;
  /** The database's name of the architecture: `x86_64`. */
  readonly arch: string;
  /** The disk, as qcow2. */
  readonly disk: string;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** QEMU's user in KubeVirt's pods, who has to read the disk. */
const QEMU_USER = 107;

/** Go's names of architectures, which images of containers use. */
const PLATFORMS: Readonly<Record<string, { readonly architecture: string; readonly variant?: string }>> = {
  x86_64: { architecture: 'amd64' },
  i686: { architecture: '386' },
  aarch64: { architecture: 'arm64', variant: 'v8' },
  armv7l: { architecture: 'arm', variant: 'v7' },
  ppc64le: { architecture: 'ppc64le' },
  riscv64: { architecture: 'riscv64' },
  loongarch64: { architecture: 'loong64' },
  s390x: { architecture: 's390x' },
};

/**
 * Writes a containerDisk of KubeVirt: an OCI image with one layer, in which `/disk/NAME.qcow2` is all there is, as an
 * OCI layout in a tar. `skopeo copy oci-archive:FILE docker://…` and `podman load --input FILE` take it. The layer is
 * not packed once more: the disk is packed in itself.
 * @see https://github.com/opencontainers/image-spec, https://kubevirt.io/user-guide/storage/disks_and_volumes/
 */
export async function writeContainerDisk(target: string, input: ContainerDiskInput): Promise<void> {
  const { name, version, osName, mtime, disk } = input;
  const platform = PLATFORMS[input.arch] ?? { architecture: input.arch };
  const created = new Date(mtime * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
  // A ustar name has room for 100 bytes.
  const file = `${name.slice(0, 80)}.qcow2`;
  const layerEntries: readonly TarEntry[] = [
    { name: 'disk/', mode: 0o755, owner: QEMU_USER, content: { kind: 'folder' } },
    { name: `disk/${file}`, mode: 0o440, owner: QEMU_USER, content: fileContent(disk) },
  ];
  const layer = { digest: await tarDigest(layerEntries, mtime), size: tarBytes(layerEntries) };
  const annotations = {
    'org.opencontainers.image.created': created,
    'org.opencontainers.image.title': name,
    ...(version === undefined ? {} : { 'org.opencontainers.image.version': version }),
    'org.opencontainers.image.description': `a disk of a virtual machine with ${osName}`,
  };
  const config = jsonBlob({
    created,
    ...platform,
    os: 'linux',
    config: { Labels: annotations },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer.digest}`] },
    history: [{ created, created_by: `guestwright: /disk/${file}` }],
  });
  const manifest = jsonBlob({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: describeBlob('application/vnd.oci.image.config.v1+json', config),
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        digest: `sha256:${layer.digest}`,
        size: layer.size,
      },
    ],
    annotations,
  });
  const index = jsonBlob({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...describeBlob('application/vnd.oci.image.manifest.v1+json', manifest),
        platform: { ...platform, os: 'linux' },
        annotations: { 'org.opencontainers.image.ref.name': version === undefined ? 'latest' : tagOf(version) },
      },
    ],
  });
  const blobs = [
    { digest: config.digest, content: { kind: 'bytes', bytes: config.bytes } },
    { digest: manifest.digest, content: { kind: 'bytes', bytes: manifest.bytes } },
    { digest: layer.digest, content: { kind: 'tar', entries: layerEntries } },
  ] as const;
  await writeTarFile(
    target,
    [
      {
        name: 'oci-layout',
        content: { kind: 'bytes', bytes: Buffer.from(JSON.stringify({ imageLayoutVersion: '1.0.0' })) },
      },
      { name: 'index.json', content: { kind: 'bytes', bytes: index.bytes } },
      { name: 'blobs/', content: { kind: 'folder' } },
      { name: 'blobs/sha256/', content: { kind: 'folder' } },
      ...blobs.map(({ digest, content }) => ({ name: `blobs/sha256/${digest}`, content })),
    ],
    mtime,
  );
}

interface Blob {
  readonly bytes: Buffer;
  readonly digest: string;
}

function jsonBlob(value: unknown): Blob {
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, digest: createHash('sha256').update(bytes).digest('hex') };
}

function describeBlob(mediaType: string, { bytes, digest }: Blob): object {
  return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
}

/** A tag has letters, digits, dots, dashes and underscores, at most 128. */
function tagOf(version: string): string {
  const tag = version.replace(/[^\w.-]/g, '_').slice(0, 128);
  return /^\w/.test(tag) ? tag : `_${tag.slice(1)}`;
}
