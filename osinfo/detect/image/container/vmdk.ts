// SPDX-License-Identifier: Apache-2.0
import { type Bytes, damaged, type Piece, part, pieced, unsupported } from '../bytes.js';
import type { Disk, OpenBeside } from './types.js';
import { embeddedDescriptor, openSparseExtent } from './vmdk-sparse.js';

const sector = 512;
const maxExtents = 512;
const maxDescriptorBytes = 64 * 1024;
// RW 4192256 SPARSE "disk-s001.vmdk" [offset]: every part is bounded by what cannot stand in it.
const extentLine = /^(RW|RDONLY|NOACCESS) (\d{1,18}) ([A-Z]{1,16})(?: "([^"]{1,255})"(?: (\d{1,18}))?)?$/;

const parentNote = 'the image is a delta of another VMDK, which is never opened: only what it holds itself is read';

/** Whether the descriptor's text names a parent whose grains it builds on. */
function hasParent(descriptor: string): boolean {
  const id = /^parentCID=([0-9a-fA-F]{1,8})\s*$/m.exec(descriptor)?.[1];
  return id !== undefined && id.toLowerCase() !== 'ffffffff';
}

/**
 * The disk in a VMDK: a sparse file that is whole in itself, or a text descriptor with its extents, which must lie in
 * the descriptor's own folder under plain names.
 * @throws InputError for a damaged or unknown image, or extents elsewhere
 */
export function openVmdk(file: Bytes, openBeside: OpenBeside): Disk {
  const magic = file.read(0, 4).toString('latin1');
  if (magic === 'COWD')
    throw unsupported('this is a VMDK of old ESX (COWD); convert it with qemu-img convert -O qcow2');
  if (magic === 'KDMV') {
    const delta = hasParent(embeddedDescriptor(file));
    return { format: 'vmdk', bytes: openSparseExtent(file, delta), notes: delta ? [parentNote] : [] };
  }
  if (file.length > maxDescriptorBytes) throw damaged('the VMDK descriptor is too long');
  const text = file.read(0, file.length).toString('utf8');
  const delta = hasParent(text);
  const pieces: Piece[] = [];
  let start = 0;
  for (const line of text.split(/\r?\n/)) {
    if (!/^(RW|RDONLY|NOACCESS) /.test(line)) continue;
    const extent = extentLine.exec(line.trimEnd());
    if (!extent) throw damaged('an extent line of the VMDK descriptor');
    if (pieces.length === maxExtents) throw damaged(`more than ${maxExtents} extents of a VMDK`);
    const [, access, sectors, type, name, offset] = extent;
    const length = Number(sectors) * sector;
    if (!Number.isSafeInteger(start + length)) throw damaged('the extents of the VMDK');
    pieces.push({ start, length, offset: 0, bytes: openExtent(access!, type!, name, Number(offset ?? 0), length) });
    start += length;
  }
  if (pieces.length === 0) throw damaged('the VMDK descriptor names no extent');
  return { format: 'vmdk', bytes: pieced(pieces, start), notes: delta ? [parentNote] : [] };

  function openExtent(access: string, type: string, name: string | undefined, offset: number, length: number) {
    if (access === 'NOACCESS' || type === 'ZERO') return undefined;
    if (name === undefined) throw damaged('an extent of the VMDK has no name');
    const other = openBeside(name);
    const bytes =
      type === 'SPARSE'
        ? openSparseExtent(other, delta)
        : type === 'FLAT' || type === 'VMFS'
          ? part(other, offset * sector, length)
          : undefined;
    if (!bytes) throw unsupported(`VMDK extents of type ${type} are not known here`);
    if (bytes.length < length) throw damaged(`the VMDK extent ${name} is shorter than its descriptor says`);
    return bytes;
  }
}
