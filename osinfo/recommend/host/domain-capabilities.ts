// SPDX-License-Identifier: Apache-2.0
import { commonArch } from '../../arch-names.js';
import type { XmlElement } from '../../xml/read.js';
import { levelWithout } from './cpu-levels.js';
import { at, childrenOf, numberOf, present, readLibvirtXml, textOf } from './elements.js';
import type { HostDomain, HostDomainCpu } from './types.js';

/**
 * What a host gives to guests of one architecture, machine and accelerator, by libvirt's domain capabilities
 * (`virsh domcapabilities`). What an older libvirt does not tell stays absent.
 * @param file what errors call it
 * @throws XmlError, InputError for what is no such document
 * @see https://libvirt.org/formatdomaincaps.html
 */
export function readDomainCapabilities(source: Uint8Array | string, file: string): HostDomain {
  const root = readLibvirtXml(source, file, 'domainCapabilities', 'virsh domcapabilities');
  const devices = root.child('devices');
  const features = root.child('features');
  const os = root.child('os');
  const cpu = root.child('cpu');
  const loaders = childrenOf(at(os, 'loader'), 'value').flatMap((value) => textOf(value) ?? []);
  const secure = valuesOf(at(os, 'loader'), 'secure');
  const tpm = devices?.child('tpm');
  return {
    arch: commonArch(textOf(root.child('arch')) ?? ''),
    virt: textOf(root.child('domain')) ?? 'qemu',
    ...present({
      machine: textOf(root.child('machine')),
      emulator: textOf(root.child('path')),
      maxCpus: numberOf(root.child('vcpu'), 'max'),
      iothreads: supported(root.child('iothreads')),
      firmware: firmwareOf(os, loaders),
      picksFirmware: (valuesOf(os, 'firmware') ?? []).length > 0,
      secureBoot: secure?.includes('yes'),
      loaders: loaders.length === 0 ? undefined : loaders,
      cpu: cpu === undefined ? undefined : cpuOf(cpu),
      diskBuses: enumOf(devices?.child('disk'), 'bus'),
      graphics: enumOf(devices?.child('graphics'), 'type'),
      video: enumOf(devices?.child('video'), 'modelType'),
      nics: enumOf(devices?.child('interface'), 'model'),
      sounds: enumOf(devices?.child('sound'), 'model'),
      rng: enumOf(devices?.child('rng'), 'model'),
      panics: enumOf(devices?.child('panic'), 'model'),
      watchdogs: enumOf(devices?.child('watchdog'), 'model'),
      channels: enumOf(devices?.child('channel'), 'type'),
      redirections: enumOf(devices?.child('redirdev'), 'bus'),
      vsock: supported(devices?.child('vsock')),
      generationId: supported(features?.child('genid')),
      hyperv: enumOf(features?.child('hyperv'), 'features'),
      memorySources: enumOf(root.child('memoryBacking'), 'sourceType'),
    }),
    ...(tpm === undefined
      ? {}
      : {
          tpm: {
            models: enumOf(tpm, 'model') ?? [],
            backends: enumOf(tpm, 'backendModel') ?? [],
            versions: enumOf(tpm, 'backendVersion') ?? [],
          },
        }),
  };
}

/** `supported`, where the element is there. */
function supported(element: XmlElement | undefined): boolean | undefined {
  return element === undefined ? undefined : element.attrs.get('supported') !== 'no';
}

function valuesOf(element: XmlElement | undefined, name: string): readonly string[] | undefined {
  const list = childrenOf(element, 'enum').find((one) => one.attrs.get('name') === name);
  return list && childrenOf(list, 'value').flatMap((value) => textOf(value) ?? []);
}

/** The values of an enumeration; none where the whole device is not supported. */
function enumOf(element: XmlElement | undefined, name: string): readonly string[] | undefined {
  return supported(element) === false ? [] : valuesOf(element, name);
}

/** By descriptors; before libvirt 5.2 only loaders are told. */
function firmwareOf(os: XmlElement | undefined, loaders: readonly string[]): readonly string[] | undefined {
  if (os === undefined) return undefined;
  const told = valuesOf(os, 'firmware');
  if (told !== undefined && (told.length > 0 || loaders.length === 0)) return told;
  return loaders.length > 0 ? ['efi'] : told;
}

function cpuOf(cpu: XmlElement): HostDomainCpu {
  const modes = childrenOf(cpu, 'mode');
  const mode = (name: string): XmlElement | undefined => modes.find((one) => one.attrs.get('name') === name);
  const host = mode('host-model');
  const model = host?.child('model');
  const name = textOf(model);
  const features = childrenOf(host, 'feature').map((feature) => ({
    name: feature.attrs.get('name') ?? '',
    policy: feature.attrs.get('policy') ?? 'require',
  }));
  const off = new Set(features.filter(({ policy }) => policy === 'disable').map((feature) => feature.name));
  return {
    modes: Object.fromEntries(modes.map((one) => [one.attrs.get('name') ?? '', supported(one) === true])),
    ...present({
      passthroughMigratable: valuesOf(mode('host-passthrough'), 'hostPassthroughMigratable'),
      hostModel:
        name === undefined
          ? undefined
          : {
              model: name,
              ...present({
                vendor: textOf(host?.child('vendor')),
                level: levelWithout(name, off),
                fallback: model?.attrs.get('fallback'),
              }),
              features,
            },
    }),
    models: childrenOf(mode('custom'), 'model').map((one) => ({
      name: textOf(one) ?? '',
      ...present({
        usable: one.attrs.has('usable') ? one.attrs.get('usable') === 'yes' : undefined,
        vendor: one.attrs.get('vendor'),
      }),
    })),
  };
}
