// SPDX-License-Identifier: Apache-2.0
import type { Os } from '../model/types.js';
import type { ModelKey } from './devices.js';

/**
 * What systems of a family and a time can be relied on to do, for what an entry leaves out: half of the public
 * database's entries name no device or no memory at all. Facts of an entry always come first.
 */
export interface Era {
  /** As a person reads it: `Linux since 2016`. */
  readonly name: string;
  readonly family: string;
  /** First version that the row is for; for Linux the first year of release. */
  readonly since: number;
  readonly drivers: ReadonlySet<ModelKey>;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly traits: Traits;
}

export interface Traits {
  /** Whether its virtio drivers bind to devices behind a PCI Express port, which show no legacy id. Default false. */
  readonly modernVirtio?: boolean;
  /** Whether a second CPU is of no use. Default false. */
  readonly oneCpu?: boolean;
  /** The most memory that the system starts with; absent where no machine reaches it. */
  readonly memoryLimitBytes?: number;
  /** Whether the system is only ever a desktop. Default false. */
  readonly desktop?: boolean;
  /** Whether it takes the hardware clock for local time. Default false. */
  readonly localTime?: boolean;
}

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

function row(
  name: string,
  [family, since]: readonly [string, number],
  memoryMiB: number,
  storageGiB: number,
  drivers: readonly ModelKey[],
  traits: Traits = {},
): Era {
  const sizes = { memoryBytes: memoryMiB * MiB, storageBytes: storageGiB * GiB };
  return { name, family, since, drivers: new Set(drivers), ...sizes, traits };
}

// What PCs brought along, by the time when systems had the drivers.
const pc1995 = ['ide', 'vga', 'cirrus', 'ps2Mouse', 'pcnet', 'ne2k'] as const;
const pc1999 = [...pc1995, 'rtl8139', 'uhci', 'es1370'] as const;
const pc2001 = [...pc1999, 'ac97', 'tablet'] as const;
const pc2007 = [...pc2001, 'e1000', 'ich6Sound', 'ehci'] as const;
const pc2010 = [...pc2007, 'ahci', 'e1000e', 'ich9Sound'] as const;
const virtio = ['virtioBlock', 'virtioNet', 'virtioRng', 'virtioBalloon', 'virtioSerial'] as const;
// In Linux since 2.6.36, which gives the emulated devices up for them; in FreeBSD's GENERIC kernel since 10.
const xen = ['xenVbd', 'xenVif'] as const;
const now = [...pc2010, ...virtio, 'q35', 'xhci'] as const;

/** Rows of a family stand newest first. */
const eras: readonly Era[] = [
  row('Linux since 2016', ['linux', 2016], 2048, 20, [...now, ...xen], { modernVirtio: true }),
  row('Linux since 2011', ['linux', 2011], 1024, 20, [...pc2010, ...virtio, ...xen]),
  row('Linux since 2010', ['linux', 2010], 1024, 20, [...pc2010, ...virtio]),
  row('Linux since 2007', ['linux', 2007], 1024, 10, [...pc2007, 'ahci']),
  row('Linux before 2007', ['linux', 0], 512, 8, [...pc2001, 'e1000'], { memoryLimitBytes: 4 * GiB }),

  row('Windows since 8', ['winnt', 6.2], 4096, 64, [...pc2010, 'q35', 'xhci'], { localTime: true }),
  row('Windows 7', ['winnt', 6.1], 2048, 40, [...pc2010, 'q35'], { localTime: true }),
  row('Windows Vista', ['winnt', 6], 2048, 40, [...pc2007, 'ahci', 'ich9Sound', 'q35'], { localTime: true }),
  row('Windows 2000 to 2003', ['winnt', 5], 512, 16, pc2001, { localTime: true, memoryLimitBytes: 4 * GiB }),
  row('Windows NT', ['winnt', 0], 128, 2, pc1995, { localTime: true, oneCpu: true, memoryLimitBytes: 2 * GiB }),
  // Beyond these limits their disk cache takes more address space than they have, and they stop while starting.
  row('Windows 98 and ME', ['win9x', 4.1], 256, 4, pc1999, {
    localTime: true,
    oneCpu: true,
    desktop: true,
    memoryLimitBytes: 512 * MiB,
  }),
  row('Windows 95', ['win9x', 0], 64, 2, pc1995, {
    localTime: true,
    oneCpu: true,
    desktop: true,
    memoryLimitBytes: 480 * MiB,
  }),
  row('16-bit Windows', ['win16', 0], 16, 0.5, pc1995, {
    localTime: true,
    oneCpu: true,
    desktop: true,
    memoryLimitBytes: 64 * MiB,
  }),
  row('DOS', ['dos', 0], 16, 0.5, pc1995, { localTime: true, oneCpu: true, memoryLimitBytes: 64 * MiB }),
  row('NetWare', ['netware', 0], 512, 8, pc1995, { memoryLimitBytes: 4 * GiB }),

  row('FreeBSD since 13', ['freebsd', 13], 2048, 20, [...now, ...xen], { modernVirtio: true }),
  row('FreeBSD since 10', ['freebsd', 10], 1024, 20, [...pc2010, ...virtio, ...xen]),
  row('FreeBSD before 10', ['freebsd', 0], 512, 8, pc2007),
  row('OpenBSD since 6.7', ['openbsd', 6.7], 1024, 20, now, { modernVirtio: true }),
  row('OpenBSD before 6.7', ['openbsd', 0], 512, 10, pc2007),
  row('NetBSD since 10', ['netbsd', 10], 1024, 20, now, { modernVirtio: true }),
  row('NetBSD before 10', ['netbsd', 0], 512, 10, pc2007),
  row('DragonFly BSD', ['dragonflybsd', 0], 1024, 20, [...pc2007, 'ahci']),
  row('Haiku', ['haiku', 0], 1024, 8, [...pc2010, 'xhci'], { desktop: true }),
  row('macOS', ['darwin', 0], 4096, 40, ['q35', 'ahci', 'vga', 'e1000Server', 'ehci', 'uhci', 'tablet'], {
    desktop: true,
  }),
  row('Solaris', ['solaris', 0], 2048, 20, [...pc2007, 'ahci'], { localTime: true }),
  row('illumos', ['illumos', 0], 2048, 20, [...pc2007, 'ahci']),
  row('the Hurd', ['hurd', 0], 1024, 10, [...pc2001, 'e1000', 'ahci'], { oneCpu: true, memoryLimitBytes: 3 * GiB }),
];

/** What nearly every system of the last twenty years drives. */
const unknownEra = row('a system of no known family', ['', 0], 2048, 20, pc2007);

/**
 * The row for an OS: by the year of its release for Linux, by its version for others; the newest row of the family
 * where the entry does not say.
 */
export function eraOf(os: Os): Era {
  const said = os.family === 'linux' ? Number.parseInt(os.releaseDate ?? '', 10) : Number.parseFloat(os.version ?? '');
  const when = Number.isNaN(said) ? Number.POSITIVE_INFINITY : said;
  return eras.find((era) => era.family === os.family && when >= era.since) ?? unknownEra;
}
