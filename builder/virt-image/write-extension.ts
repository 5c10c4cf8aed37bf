// SPDX-License-Identifier: Apache-2.0
import type { XmlNode } from '../../osinfo/xml/write.js';
import type { Deployment, ModernFacts, Resources } from './model.js';

/** The last child of `image`: what is true of the appliance, and a machine for each way to boot it. Sizes are bytes. */
export function extensionBlock(facts: ModernFacts): XmlNode {
  return {
    name: 'gw:appliance',
    children: [
      ...(facts.os ? [element('os', { id: facts.os.id, 'short-id': facts.os.shortId, name: facts.os.name })] : []),
      ...resources('minimum', facts.minimum),
      ...resources('recommended', facts.recommended),
      ...facts.deployments.map(deployment),
    ],
  };
}

function resources(name: string, found: Resources | undefined): XmlNode[] {
  if (!found) return [];
  return [
    element(name, {
      vcpus: number(found.vcpus),
      memory: number(found.memoryBytes),
      storage: number(found.storageBytes),
    }),
  ];
}

function deployment(found: Deployment): XmlNode {
  const { firmware, cpu, tpm } = found;
  return {
    ...element('deployment', { boot: String(found.boot), platform: found.platform }),
    children: [
      ...(found.machine === undefined ? [] : [element('machine', { type: found.machine })]),
      ...(firmware
        ? [
            element('firmware', {
              type: firmware.type,
              'secure-boot': yesNo(firmware.secureBoot),
              'enrolled-keys': yesNo(firmware.enrolledKeys),
              smm: yesNo(firmware.smm),
            }),
          ]
        : []),
      ...(cpu ? [element('cpu', { mode: cpu.mode, baseline: cpu.baseline })] : []),
      ...(found.video === undefined ? [] : [element('video', { model: found.video })]),
      ...(tpm ? [element('tpm', { model: tpm.model, version: tpm.version })] : []),
      ...(found.rng ? [element('rng', {})] : []),
      ...(found.serialConsole ? [element('serial-console', {})] : []),
      ...found.channels.map((name) => element('channel', { name })),
      ...(found.clockOffset === undefined ? [] : [element('clock', { offset: found.clockOffset })]),
    ],
  };
}

function element(name: string, attributes: Readonly<Record<string, string | undefined>>): XmlNode {
  const attrs = Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { name: `gw:${name}`, attrs };
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function number(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
