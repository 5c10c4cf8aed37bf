// SPDX-License-Identifier: Apache-2.0
import type { GraphicsRequest, MachineRequest, NicRequest } from '../../builder/virt-image/machine-request.js';
import { WorkError } from '../../osinfo/errors.js';
import {
  keymapOf,
  macOf,
  parseCpu,
  parseCpuset,
  parseFeatures,
  parseGraphics,
  parseMemory,
  parseNetwork,
  parseUuid,
  parseVcpus,
} from './devices.js';
import { wholeNumber } from './words.js';

/** The options of virt-image as the command line has them. */
export interface VirtImageOptions {
  readonly connect?: string;
  readonly name?: string;
  readonly ram?: string;
  readonly memory?: string;
  readonly uuid?: string;
  readonly vcpus?: string;
  readonly cpuset?: string;
  readonly checkCpu?: boolean;
  readonly cpu?: string;
  readonly osType?: string;
  readonly osVariant?: string;
  readonly acpi: boolean;
  readonly apic: boolean;
  readonly features?: string;
  readonly network: readonly string[];
  readonly bridge: readonly string[];
  readonly mac: readonly string[];
  readonly graphics: readonly string[];
  readonly vnc?: boolean;
  readonly vncport?: string;
  readonly vnclisten?: string;
  readonly keymap?: string;
  readonly sdl?: boolean;
  readonly nographics?: boolean;
  readonly print?: boolean;
  readonly printXml?: boolean;
  readonly dryRun?: boolean;
  readonly boot?: string;
  readonly replace?: boolean;
  readonly reboot: boolean;
  readonly skipChecksum?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/**
 * What the options ask of the machine.
 * @throws WorkError in the original's words, for a value that cannot be, or options that exclude each other
 */
export function requestOf(options: VirtImageOptions): MachineRequest {
  const { name, uuid, boot, osVariant } = options;
  const graphics = graphicsOf(options);
  const features = new Map([
    ...(options.features === undefined ? [] : parseFeatures(options.features)),
    ...(options.acpi ? [] : [['acpi', false] as const]),
    ...(options.apic ? [] : [['apic', false] as const]),
  ]);
  return {
    ...(name === undefined ? {} : { name }),
    ...(uuid === undefined ? {} : { uuid: parseUuid(uuid) }),
    ...(boot === undefined ? {} : { boot: wholeNumber('--boot', boot, boot, 0, 10_000) }),
    ...(options.ram === undefined ? {} : { memoryMiB: wholeNumber('--ram', options.ram, options.ram, 1, 2 ** 30) }),
    ...(options.memory === undefined ? {} : parseMemory(options.memory)),
    ...(options.vcpus === undefined ? {} : { vcpus: parseVcpus(options.vcpus) }),
    ...(options.cpuset === undefined || options.cpuset === 'auto' ? {} : { cpuset: parseCpuset(options.cpuset) }),
    ...(options.cpu === undefined ? {} : { cpu: parseCpu(options.cpu) }),
    ...(features.size === 0 ? {} : { features }),
    nics: nicsOf(options),
    ...(graphics === undefined ? {} : { graphics }),
    ...(osVariant === undefined || osVariant === 'auto' ? {} : { os: osVariant }),
    ...(options.osType?.toLowerCase() === 'windows' ? { localTime: true } : {}),
  };
}

/** The n-th MAC is the n-th card's; one that is over has a card of its own. */
function nicsOf({ network, bridge, mac }: VirtImageOptions): NicRequest[] {
  if (network.length > 0 && bridge.length > 0)
    throw new WorkError('option-twice', 'Cannot mix both --bridge and --network arguments');
  const given = [...network.map(parseNetwork), ...bridge.map((name) => parseNetwork(`bridge=${name}`))];
  const macs = mac.map((text) => macOf('--mac', text));
  return Array.from({ length: Math.max(given.length, macs.length) }, (_, index) => ({
    ...given[index],
    ...macs[index],
  }));
}

function graphicsOf(options: VirtImageOptions): GraphicsRequest[] | undefined {
  const { vnc, sdl, nographics, vncport, vnclisten, keymap } = options;
  const old = [vnc, sdl, nographics].filter((one) => one === true).length;
  const about = vncport !== undefined || vnclisten !== undefined || keymap !== undefined;
  if (options.graphics.length > 0 && (old > 0 || about))
    throw new WorkError('option-twice', 'Cannot mix --graphics and old style graphical options');
  if (old > 1)
    throw new WorkError('option-twice', "Can't specify more than one of VNC, SDL, --graphics or --nographics");
  if (options.graphics.length > 0) return options.graphics.map(parseGraphics);
  if (nographics) return [{ type: 'none' }];
  if (sdl) return [{ type: 'sdl' }];
  if (!vnc && !about) return undefined;
  const port = vncport === undefined ? undefined : wholeNumber('--vncport', vncport, vncport, 1, 65_535);
  return [
    {
      type: 'vnc',
      ...(port === undefined ? {} : { port }),
      ...(vnclisten === undefined ? {} : { listen: vnclisten }),
      ...keymapOf(keymap),
    },
  ];
}
