// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { folderOf } from '../osinfo/load/folders.js';
import type { HostFiles } from './virt-install-sides.js';

const list = (tag: string, name: string, values: readonly string[]): string =>
  `<${tag} supported='yes'><enum name='${name}'>${values.map((value) => `<value>${value}</value>`).join('')}</enum></${tag}>`;

const machines = (...names: readonly string[]): string =>
  names
    .map((name) => {
      const [alias, canonical] = name.split('=');
      return canonical === undefined
        ? `<machine maxCpus='255'>${alias}</machine>`
        : `<machine canonical='${canonical}' maxCpus='255'>${alias}</machine>`;
    })
    .join('');

const guest = (arch: string, names: string, types: readonly string[], features: readonly string[]): string =>
  `<guest><os_type>hvm</os_type><arch name='${arch}'><wordsize>64</wordsize><emulator>/usr/bin/qemu-system-${arch}</emulator>
${names}${types.map((type) => `<domain type='${type}'/>`).join('')}</arch>
<features>${features.map((name) => `<${name} default='on' toggle='yes'/>`).join('')}</features></guest>`;

/** A server with an AMD processor and QEMU 8.2; for other architectures it emulates. */
const capabilities = `<?xml version='1.0'?><capabilities>
<host><cpu><arch>x86_64</arch><model>EPYC-Rome</model><vendor>AMD</vendor><topology sockets='1' dies='1' cores='8' threads='2'/></cpu></host>
${guest('aarch64', machines('virt-8.2', 'virt=virt-8.2', 'raspi3b'), ['qemu'], ['acpi'])}
${guest('i686', machines('pc-i440fx-8.2', 'pc=pc-i440fx-8.2', 'q35=pc-q35-8.2'), ['qemu', 'kvm'], ['pae', 'acpi', 'apic'])}
${guest('ppc64le', machines('pseries-8.2', 'pseries=pseries-8.2', 'powernv'), ['qemu'], [])}
${guest('s390x', machines('s390-ccw-virtio-8.2', 's390-ccw-virtio=s390-ccw-virtio-8.2'), ['qemu'], [])}
${guest('x86_64', machines('pc-i440fx-8.2', 'pc=pc-i440fx-8.2', 'pc-q35-8.2', 'q35=pc-q35-8.2'), ['qemu', 'kvm'], ['acpi', 'apic'])}
</capabilities>
`;

export interface HostTraits {
  readonly arch?: string;
  readonly graphics?: readonly string[];
  readonly video?: readonly string[];
  /** Whether libvirt picks firmware by its kind, rather than being told the path of a loader. */
  readonly picksFirmware?: boolean;
  readonly passthroughMigrates?: boolean;
  readonly hostModelFallback?: string;
}

const hyperv = 'relaxed vapic spinlocks vpindex runtime synic stimer reset frequencies tlbflush ipi evmcs avic'.split(
  ' ',
);

function domainCapabilities({
  arch = 'x86_64',
  graphics = ['vnc', 'spice'],
  video = ['vga', 'cirrus', 'qxl', 'virtio', 'bochs', 'ramfb'],
  picksFirmware = true,
  passthroughMigrates = true,
  hostModelFallback = 'forbid',
}: HostTraits): string {
  const migratable = passthroughMigrates ? "<enum name='hostPassthroughMigratable'><value>on</value></enum>" : '';
  return `<?xml version='1.0'?><domainCapabilities>
<path>/usr/bin/qemu-system-${arch}</path><domain>kvm</domain><machine>pc-q35-8.2</machine><arch>${arch}</arch>
<os supported='yes'><enum name='firmware'>${picksFirmware ? '<value>efi</value>' : ''}</enum>
<loader supported='yes'><value>/usr/share/OVMF/OVMF_CODE_4M.secboot.fd</value><value>/usr/share/AAVMF/AAVMF_CODE.fd</value><enum name='readonly'><value>yes</value></enum></loader></os>
<cpu><mode name='host-passthrough' supported='yes'>${migratable}</mode><mode name='maximum' supported='yes'/>
<mode name='host-model' supported='yes'><model fallback='${hostModelFallback}'>EPYC-Rome</model></mode>
<mode name='custom' supported='yes'><model usable='yes'>EPYC-Rome</model></mode></cpu>
<devices>${list('graphics', 'type', graphics)}${list('video', 'modelType', video)}
<tpm supported='yes'><enum name='model'><value>tpm-tis</value><value>tpm-crb</value></enum><enum name='backendModel'><value>emulator</value></enum></tpm>
${list('redirdev', 'bus', ['usb'])}${list('channel', 'type', ['unix', 'spicevmc'])}</devices>
<features>${list('hyperv', 'features', hyperv)}</features>
</domainCapabilities>
`;
}

function filesOf(capabilitiesXml: string, domainXml: string, uri?: string): HostFiles {
  const folder = folderOf({
    'capabilities.xml': capabilitiesXml,
    'domain.xml': domainXml,
    'node.xml':
      '<?xml version="1.0"?><node><cpu><nodes>1</nodes><model>x86_64</model></cpu><memory>8000000</memory></node>',
  });
  return {
    capabilities: join(folder, 'capabilities.xml'),
    domain: join(folder, 'domain.xml'),
    node: join(folder, 'node.xml'),
    ...(uri === undefined ? {} : { uri }),
  };
}

/** Files of a host of our own making, for tests that have no other. */
export const ownHost = (traits: HostTraits = {}): HostFiles => filesOf(capabilities, domainCapabilities(traits));

const plain = (guests: string): string =>
  `<?xml version='1.0'?><capabilities><host><cpu><arch>x86_64</arch></cpu></host>${guests}</capabilities>`;

const screens = (type: string, arch: string, cards: readonly string[]): string =>
  `<?xml version='1.0'?><domainCapabilities><domain>${type}</domain><arch>${arch}</arch>
<os supported='yes'><loader supported='yes'><value>/usr/local/share/uefi-firmware/BHYVE_UEFI.fd</value><enum name='readonly'><value>yes</value></enum></loader></os>
<devices>${list('graphics', 'type', ['vnc', 'spice'])}${list('video', 'modelType', cards)}</devices></domainCapabilities>`;

/** A host with Xen, for guests of both its kinds. */
export const xenHost = (): HostFiles =>
  filesOf(
    plain(`<guest><os_type>xen</os_type><arch name='x86_64'><machine>xenpv</machine><domain type='xen'/></arch></guest>
<guest><os_type>hvm</os_type><arch name='x86_64'><loader>/usr/lib/xen/boot/hvmloader</loader><machine>xenfv</machine><domain type='xen'/></arch>
<features><pae/><acpi default='on'/><apic default='on'/></features></guest>`),
    screens('xen', 'x86_64', ['vga', 'cirrus', 'qxl']),
    'xen:///',
  );

/** FreeBSD's hypervisor, which names no machine. */
export const bhyveHost = (): HostFiles =>
  filesOf(
    plain(
      `<guest><os_type>hvm</os_type><arch name='x86_64'><domain type='bhyve'/></arch><features><acpi default='on'/></features></guest>`,
    ),
    screens('bhyve', 'x86_64', ['gop']).replace('<value>spice</value>', ''),
    'bhyve:///system',
  );
