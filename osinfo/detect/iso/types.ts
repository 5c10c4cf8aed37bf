// SPDX-License-Identifier: Apache-2.0
import type { MediaFacts } from '../types.js';

/** Firmware that a boot entry is for: El Torito's platform ids 0, 1, 2 and 0xEF. */
export type BootPlatform = 'bios' | 'ppc' | 'mac' | 'uefi';

/** One entry of the boot catalogue. */
export interface BootEntry {
  readonly platform: BootPlatform;
  /** What the firmware shows of it: nothing, a floppy disk, or a hard disk. */
  readonly emulation: 'none' | 'floppy' | 'disk';
  /** The sector of 2048 bytes where the boot image begins. */
  readonly sector: number;
}

/** Partition tables and file systems that lie over the same image, so that it also starts from a USB stick or a Mac. */
export type Overlay = 'mbr' | 'gpt' | 'apm' | 'hfs';

/** The labels of one volume descriptor; blank ones are left out. */
export interface VolumeLabels {
  readonly volumeId?: string;
  readonly systemId?: string;
  readonly publisherId?: string;
  readonly applicationId?: string;
}

/** Something odd that did not hinder reading. The message is one line for a person. */
export interface MediaWarning {
  readonly code:
    | 'raw-sectors'
    | 'no-terminator'
    | 'sizes-differ'
    | 'truncated'
    | 'blank-volume-id'
    | 'label-from-joliet'
    | 'label-from-udf'
    | 'boot-catalogue'
    | 'directory';
  readonly message: string;
}

export interface MediaInfo {
  /** What is held against the database. */
  readonly facts: MediaFacts;
  readonly format: 'iso9660' | 'iso9660+udf' | 'udf';
  /** As libosinfo tells it: a boot record, or a CHRP boot script; here also boot partitions of a hybrid image. */
  readonly bootable: boolean;
  readonly bootPlatforms: readonly BootPlatform[];
  readonly bootEntries: readonly BootEntry[];
  readonly overlays: readonly Overlay[];
  /** Bytes of a sector in the file: more than 2048 where it is a raw copy of a disc. */
  readonly sectorBytes: 2048 | 2352 | 2448;
  /** What the primary descriptor says, untouched by the others. */
  readonly primary?: VolumeLabels;
  readonly joliet?: VolumeLabels;
  /** The enhanced descriptor of ISO 9660:1999. */
  readonly enhanced?: VolumeLabels;
  /** The volume name of UDF, where it was read: only if ISO 9660 has none. */
  readonly udf?: VolumeLabels;
  readonly warnings: readonly MediaWarning[];
}
