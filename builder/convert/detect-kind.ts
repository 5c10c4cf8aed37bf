// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { SourceKind } from './types.js';

/**
 * What a file is, by its first bytes and never by its name.
 * @throws InputError for what is none of the descriptions that are read, saying what it is where it is known
 */
export function detectKind(head: Uint8Array, file: string): SourceKind {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length >= 512 && bytes.toString('latin1', 257, 262) === 'ustar') return 'ova';
  const fail = (message: string): InputError => new InputError('convert-kind', message, { file });
  const magic = bytes.toString('latin1', 0, 4);
  if (magic === 'QFI\u00fb' || magic === 'KDMV' || magic === 'COWD' || bytes.toString('latin1', 0, 8) === 'vhdxfile')
    throw fail('this is a disk, not a description of a machine; guestwright sizes and guestwright run take it');
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (text.includes('\0')) throw fail(none);
  const root = rootName(text);
  if (root !== undefined) return kindOfRoot(root, fail);
  // A Disk DescriptorFile is VMware's too, and has the same look of lines.
  if (/^# Disk DescriptorFile/m.test(text))
    throw fail('this describes a disk of VMware (VMDK), not a machine; give the .vmx file');
  if (/^\s*[\w.:-]+\s*=\s*"/m.test(text)) return 'vmx';
  throw fail(none);
}

const none =
  'this is no description of a machine that is read here; those are domain XML of libvirt, OVF and OVA, VMX, and virt-image';

/** The first element of an XML document, without its prefix; what stands before it is passed by. */
function rootName(text: string): string | undefined {
  let rest = text.trimStart();
  if (!rest.startsWith('<')) return undefined;
  for (;;) {
    const end = rest.startsWith('<!--') ? '-->' : rest.startsWith('<?') ? '?>' : undefined;
    if (end === undefined) break;
    const at = rest.indexOf(end);
    if (at < 0) return '';
    rest = rest.slice(at + end.length).trimStart();
  }
  return /^<(?:[\w.-]{1,60}:)?([\w.-]{1,60})/.exec(rest)?.[1] ?? '';
}

const ROOTS: Readonly<Record<string, SourceKind>> = {
  domain: 'libvirt',
  Envelope: 'ovf',
  image: 'virt-image',
};

/** Documents that look near, and what to give instead. */
const NEAR: Readonly<Record<string, string>> = {
  domainsnapshot: 'this is a snapshot of libvirt; give the machine: virsh dumpxml NAME',
  domstatus: "this is libvirt's note of a running machine; give the machine: virsh dumpxml --inactive NAME",
  VirtualBox: 'this is VirtualBox’s own file; VBoxManage export NAME -o NAME.ova makes a package that is read here',
  volume: 'this is a volume of libvirt, not a machine; give virsh dumpxml NAME',
  network: 'this is a network of libvirt, not a machine; give virsh dumpxml NAME',
};

function kindOfRoot(root: string, fail: (message: string) => InputError): SourceKind {
  const kind = Object.hasOwn(ROOTS, root) ? ROOTS[root] : undefined;
  if (kind !== undefined) return kind;
  throw fail(Object.hasOwn(NEAR, root) ? NEAR[root]! : none);
}
