// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../source/types.js';
import { viewOf } from './descriptors.js';
import { MediaError, type MediaFault } from './errors.js';

/** Bytes of the start that are looked at: to the mark of btrfs. */
const START_BYTES = 66 * 1024;
/** What an image has at least: the system area, and two descriptors. */
const LEAST_BYTES = 36 * 1024;
/** Bytes of the end, where some formats have their marks. */
const END_BYTES = 512;

/** `overlay`: what can lie over an ISO image as well, and tells nothing where that was cut off. */
type Kind = 'overlay' | 'disk' | 'packed' | 'archive' | 'locked' | 'filesystem' | 'file';

interface Mark {
  readonly at: number;
  /** Bytes as Latin-1. */
  readonly mark: string;
  readonly what: string;
  readonly kind: Kind;
}

/** What to do with each kind, instead of reading it as installation media. */
const ADVICE: Readonly<Record<Kind, string>> = {
  overlay: 'to see what is installed in it, try `guestwright inspect`',
  disk: 'to see what is installed in it, try `guestwright inspect`',
  packed: 'unpack it first',
  archive: 'the image may be in it: unpack it first',
  locked: 'what is in it cannot be told without its key',
  filesystem: 'it is no installation media; if it is of a disk, try `guestwright inspect`',
  file: 'give an ISO image, a disc drive or an installation tree',
};

/** Marks as they are written at a place of the file, more telling ones first. */
const MARKS: readonly Mark[] = [
  { at: 0, mark: 'QFI\xfb', what: 'a qcow2 disk image', kind: 'disk' },
  { at: 0, mark: 'KDMV', what: 'a VMDK disk image', kind: 'disk' },
  { at: 0, mark: 'COWD', what: 'a VMDK disk image', kind: 'disk' },
  { at: 0, mark: '# Disk DescriptorFile', what: 'the description of a VMDK disk image', kind: 'disk' },
  { at: 0, mark: 'vhdxfile', what: 'a VHDX disk image', kind: 'disk' },
  { at: 0, mark: 'conectix', what: 'a VHD disk image', kind: 'disk' },
  { at: 64, mark: '\x7f\x10\xda\xbe', what: 'a VDI disk image', kind: 'disk' },
  { at: 0, mark: 'LUKS\xba\xbe', what: 'a LUKS encrypted volume', kind: 'locked' },
  { at: 3, mark: '-FVE-FS-', what: 'a BitLocker encrypted volume', kind: 'locked' },
  { at: 0, mark: 'Salted__', what: 'a file encrypted by openssl', kind: 'locked' },
  { at: 0, mark: '-----BEGIN PGP MESSAGE', what: 'a PGP encrypted message', kind: 'locked' },
  { at: 0, mark: 'age-encryption.org/', what: 'a file encrypted by age', kind: 'locked' },
  { at: 0, mark: '\x1f\x8b', what: 'compressed by gzip', kind: 'packed' },
  { at: 0, mark: '\xfd7zXZ\0', what: 'compressed by xz', kind: 'packed' },
  { at: 0, mark: '\x28\xb5\x2f\xfd', what: 'compressed by zstd', kind: 'packed' },
  { at: 0, mark: 'BZh', what: 'compressed by bzip2', kind: 'packed' },
  { at: 0, mark: '\x04\x22\x4d\x18', what: 'compressed by lz4', kind: 'packed' },
  { at: 0, mark: 'LZIP', what: 'compressed by lzip', kind: 'packed' },
  { at: 0, mark: 'CISO', what: 'compressed as CISO', kind: 'packed' },
  { at: 0, mark: 'PK\x03\x04', what: 'a zip archive', kind: 'archive' },
  { at: 0, mark: '7z\xbc\xaf\x27\x1c', what: 'a 7-Zip archive', kind: 'archive' },
  { at: 0, mark: 'Rar!\x1a\x07', what: 'a RAR archive', kind: 'archive' },
  { at: 257, mark: 'ustar', what: 'a tar archive', kind: 'archive' },
  { at: 0, mark: '070701', what: 'a cpio archive', kind: 'archive' },
  { at: 0, mark: 'MSWIM\0\0\0', what: 'a Windows image (WIM)', kind: 'file' },
  { at: 0, mark: 'JigsawDownload', what: 'a jigdo template, from which the image is still to be made', kind: 'file' },
  { at: 0, mark: 'd8:announce', what: 'a torrent file, which only names the image', kind: 'file' },
  { at: 0, mark: 'hsqs', what: 'a squashfs file system', kind: 'filesystem' },
  { at: 0, mark: 'XFSB', what: 'an XFS file system', kind: 'filesystem' },
  { at: 1080, mark: '\x53\xef', what: 'an ext2, ext3 or ext4 file system', kind: 'filesystem' },
  { at: 1024, mark: '\xe2\xe1\xf5\xe0', what: 'an EROFS file system', kind: 'filesystem' },
  { at: 1024, mark: '\x10\x20\xf5\xf2', what: 'an F2FS file system', kind: 'filesystem' },
  { at: 65_600, mark: '_BHRfS_M', what: 'a btrfs file system', kind: 'filesystem' },
  { at: 4086, mark: 'SWAPSPACE2', what: 'swap space', kind: 'filesystem' },
  { at: 3, mark: 'NTFS    ', what: 'an NTFS file system', kind: 'filesystem' },
  { at: 3, mark: 'EXFAT   ', what: 'an exFAT file system', kind: 'filesystem' },
  { at: 54, mark: 'FAT1', what: 'a FAT file system or floppy disk', kind: 'filesystem' },
  { at: 82, mark: 'FAT32', what: 'a FAT file system', kind: 'filesystem' },
  { at: 32_777, mark: 'CDROM', what: 'a disc of the High Sierra format, older than ISO 9660', kind: 'file' },
  { at: 512, mark: 'EFI PART', what: 'a disk image with a GPT partition table, and no ISO 9660', kind: 'overlay' },
  { at: 4096, mark: 'EFI PART', what: 'a disk image with a GPT partition table, and no ISO 9660', kind: 'overlay' },
  { at: 1024, mark: 'BD', what: 'an Apple HFS volume, and no ISO 9660', kind: 'overlay' },
  { at: 1024, mark: 'H+', what: 'an Apple HFS+ volume, and no ISO 9660', kind: 'overlay' },
  { at: 512, mark: 'PM\0\0', what: 'a disk image with an Apple partition map, and no ISO 9660', kind: 'overlay' },
  { at: 536, mark: 'LVM2 001', what: 'an LVM physical volume', kind: 'filesystem' },
  { at: 0, mark: '\x7fELF', what: 'a program', kind: 'file' },
  { at: 0, mark: 'MZ', what: 'a Windows or EFI program', kind: 'file' },
  { at: 0, mark: '%PDF-', what: 'a PDF document', kind: 'file' },
  { at: 0, mark: '!<arch>', what: 'a Debian package or other ar archive', kind: 'file' },
  { at: 0, mark: '\xed\xab\xee\xdb', what: 'an RPM package', kind: 'file' },
];

/** Marks counted from the end. */
const END_MARKS: readonly Mark[] = [
  { at: 512, mark: 'koly', what: 'an Apple disk image (DMG)', kind: 'packed' },
  { at: 512, mark: 'conectix', what: 'a VHD disk image', kind: 'disk' },
  { at: 12, mark: 'NER5', what: 'a Nero image (NRG)', kind: 'packed' },
];

/**
 * The error for a source that has no volume descriptors, or where they end too early: what it looks like instead, by
 * the marks of its beginning and end.
 */
export async function explainOther(source: ByteSource, fault: MediaFault): Promise<MediaError> {
  const start = await source.read(0, START_BYTES);
  const look = lookAt(start) ?? (await lookAtEnd(source)) ?? lookAtNothing(start);
  if (look) {
    return new MediaError(fault, `${source.name}: is not an ISO image but ${look.what}; ${look.advice}`, look.what);
  }
  return new MediaError(
    fault,
    `${source.name}: is not an ISO image, nor anything else that is known: it may be ${
      isEven(start) ? 'encrypted, packed or damaged' : 'damaged'
    }; compare its checksum with the one of its maker`,
  );
}

interface Look {
  readonly what: string;
  readonly advice: string;
}

function lookAt(start: Uint8Array): Look | undefined {
  if (start.length === 0) return undefined;
  const text = Buffer.from(start).toString('latin1');
  const whole = start.length >= LEAST_BYTES;
  const known = MARKS.find(({ at, mark, kind }) => text.startsWith(mark, at) && (whole || kind !== 'overlay'));
  if (known) return { what: known.what, advice: ADVICE[known.kind] };
  const answered = 'a server may have sent it instead of the image: look at it, and get the image again';
  if (/^\s{0,64}(?:<!doctype html|<html|<\?xml|<!--)/i.test(text.slice(0, 256))) {
    return { what: 'a web page or XML', advice: answered };
  }
  if (isText(start)) return { what: 'text', advice: answered };
  if (whole && isPartitioned(start)) {
    return { what: 'a disk image with an MBR partition table, and no ISO 9660', advice: ADVICE.overlay };
  }
  return undefined;
}

async function lookAtEnd(source: ByteSource): Promise<Look | undefined> {
  const size = source.size();
  if (size === undefined || size < END_BYTES) return undefined;
  const text = Buffer.from(await source.read(size - END_BYTES, END_BYTES)).toString('latin1');
  const known = END_MARKS.find(({ at, mark }) => text.startsWith(mark, END_BYTES - at));
  return known && { what: known.what, advice: ADVICE[known.kind] };
}

function lookAtNothing(start: Uint8Array): Look | undefined {
  if (start.length < LEAST_BYTES || !start.every((byte) => byte === 0)) return undefined;
  return { what: 'empty space (zeros)', advice: 'the download may not have begun or been finished: get it again' };
}

/** Whether no byte is much more frequent than the others, as in what is encrypted or packed. */
function isEven(bytes: Uint8Array): boolean {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]!++;
  return bytes.length >= 16_384 && Math.max(...counts) < (bytes.length / 256) * 2;
}

function isText(start: Uint8Array): boolean {
  return start.subarray(0, 4096).every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13) || byte === 0x1b);
}

function isPartitioned(start: Uint8Array): boolean {
  const entries = [446, 462, 478, 494];
  return (
    viewOf(start).getUint16(510, true) === 0xaa55 &&
    entries.every((at) => start[at] === 0 || start[at] === 0x80) &&
    entries.some((at) => start[at + 4] !== 0)
  );
}
