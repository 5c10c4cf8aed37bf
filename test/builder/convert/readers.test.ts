// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runConversion } from '../../../builder/convert/convert.js';
import { detectKind } from '../../../builder/convert/detect-kind.js';
import { osOfWord } from '../../../builder/convert/guest-names.js';
import { cimFactor, macAddress, memoryBytes } from '../../../builder/convert/numbers.js';
import { readLibvirt } from '../../../builder/convert/read-libvirt.js';
import { readOvf } from '../../../builder/convert/read-ovf.js';
import { readVmx } from '../../../builder/convert/read-vmx.js';
import { readSource } from '../../../builder/convert/source.js';
import { wishesOf } from '../../../builder/convert/wishes.js';
import { run } from '../../../osinfo/doors/process.js';
import { db, described, libvirtMachine, MiB, makeImage, plan } from './machines.js';

const lostOf = ({ lost }: { lost: readonly { line: number; text: string }[] }): string[] =>
  lost.map(({ line, text }) => `${line}: ${text}`);

/** As Workstation writes one, shortened. */
const workstation = `.encoding = "windows-1252"
config.version = "8"
virtualHW.version = "21"
pciBridge0.present = "TRUE"
displayName = "Mail |7C server"
guestOS = "windows2019srv-64"
firmware = "efi"
uefi.secureBoot.enabled = "TRUE"
numvcpus = "4"
cpuid.coresPerSocket = "2"
memsize = "8192"
scsi0.virtualDev = "lsisas1068"
scsi0.present = "TRUE"
SCSI0:0.fileName = "Mail.vmdk"
scsi0:0.present = "TRUE"
nvme0.present = "TRUE"
nvme0:0.present = "TRUE"
nvme0:0.fileName = "Data.vmdk"
sata0.present = "TRUE"
sata0:1.present = "TRUE"
sata0:1.deviceType = "cdrom-image"
sata0:1.fileName = "C:\\\\isos\\\\windows.iso"
ethernet0.present = "TRUE"
ethernet0.virtualDev = "e1000e"
ethernet0.connectionType = "bridged"
ethernet0.generatedAddress = "00:0C:29:AB:cd:01"
ethernet1.present = "FALSE"
managedVM.autoAddVTPM = "software"
sharedFolder0.present = "TRUE"
sharedFolder0.hostPath = "C:\\\\shared"
sched.cpu.affinity = "0,1"
serial0.present = "TRUE"
sound.present = "TRUE"
usb.present = "TRUE"
usb_xhci.present = "TRUE"
vmx.log.x = "y"
somebody.elses = "setting"
bios.bootOrder = "cdrom,hdd"
`;

/** As VirtualBox exports one, shortened. */
const virtualbox = `<?xml version="1.0"?>
<Envelope ovf:version="1.0" xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vbox="http://www.virtualbox.org/ovf/machine">
  <References><File ovf:id="file1" ovf:href="box-disk001.vmdk"/></References>
  <DiskSection><Info>List</Info>
    <Disk ovf:capacity="8589934592" ovf:diskId="vmdisk1" ovf:fileRef="file1" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
    <Disk ovf:capacity="2" ovf:capacityAllocationUnits="byte * 2^30" ovf:diskId="vmdisk2"/>
  </DiskSection>
  <NetworkSection><Info/><Network ovf:name="NAT"/></NetworkSection>
  <VirtualSystem ovf:id="box">
    <Info>A virtual machine</Info>
    <EulaSection><Info/><License>MIT</License></EulaSection>
    <OperatingSystemSection ovf:id="96"><Info/><Description>Debian_64</Description><vbox:OSType ovf:required="false">Debian12_64</vbox:OSType></OperatingSystemSection>
    <VirtualHardwareSection><Info/>
      <Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
      <Item><rasd:AllocationUnits>MegaBytes</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>2048</rasd:VirtualQuantity></Item>
      <Item><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceSubType>PIIX4</rasd:ResourceSubType><rasd:ResourceType>5</rasd:ResourceType></Item>
      <Item><rasd:InstanceID>5</rasd:InstanceID><rasd:ResourceSubType>AHCI</rasd:ResourceSubType><rasd:ResourceType>20</rasd:ResourceType></Item>
      <Item><rasd:InstanceID>6</rasd:InstanceID><rasd:ResourceType>23</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>1</rasd:AddressOnParent><rasd:HostResource>/disk/vmdisk2</rasd:HostResource><rasd:InstanceID>8</rasd:InstanceID><rasd:Parent>5</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:HostResource>/disk/vmdisk1</rasd:HostResource><rasd:InstanceID>9</rasd:InstanceID><rasd:Parent>5</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>1</rasd:AddressOnParent><rasd:InstanceID>10</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>15</rasd:ResourceType></Item>
      <Item><rasd:Connection>NAT</rasd:Connection><rasd:InstanceID>11</rasd:InstanceID><rasd:ResourceSubType>E1000</rasd:ResourceSubType><rasd:ResourceType>10</rasd:ResourceType></Item>
      <Item><rasd:ElementName>floppy</rasd:ElementName><rasd:InstanceID>12</rasd:InstanceID><rasd:ResourceType>14</rasd:ResourceType></Item>
    </VirtualHardwareSection>
    <vbox:Machine ovf:required="false"><Hardware><Firmware type="EFI"/></Hardware></vbox:Machine>
  </VirtualSystem>
</Envelope>
`;

describe('a VMX file', () => {
  const machine = readVmx(workstation, 'mail.vmx');

  it('is read, whatever the case of its keys', () => {
    expect(machine).toMatchObject({
      name: { value: 'Mail | server', line: 5 },
      os: { value: { word: 'windows2019srv-64' } },
      arch: { value: 'x86_64' },
      firmware: { value: 'uefi' },
      secureBoot: { value: true },
      memoryBytes: { value: 8192 * MiB, line: 11 },
      cpus: { value: 4 },
      topology: { value: { sockets: 2, cores: 2, threads: 1 } },
      disks: [
        { file: 'Mail.vmdk', format: 'vmdk', bus: 'scsi', controller: 'lsisas1068', line: 14 },
        { file: 'Data.vmdk', bus: 'nvme' },
      ],
      cdroms: [{ bus: 'sata' }],
      nics: [{ model: 'e1000e', mac: '00:0c:29:ab:cd:01', network: 'bridged' }],
      tpm: { value: { version: '2.0' } },
      serialConsole: { value: true },
      sound: { value: 'ich6' },
      usb: { value: 'qemu-xhci' },
      boot: { value: ['cdrom', 'disk'] },
    });
  });

  it('tells what is lost with it', () => {
    expect(lostOf(machine)).toEqual([
      expect.stringMatching(/^28: what is stored in its TPM/),
      '29: a folder that is shared with the host (sharedFolder0.present)',
      '31: the processors of the host that it runs on (sched.cpu.affinity)',
      '36: settings that are not known here: "vmx.log.x", "somebody.elses"',
    ]);
  });

  it('is read in the encoding that it says', () => {
    const file = described('a.vmx', '');
    const text = workstation.replace('Mail |7C server', 'B\u00fccher').replace('Mail.vmdk', 'B\u00fccher.vmdk');
    writeFileSync(file, Buffer.from(text, 'latin1'));
    expect(readSource(file).machine).toMatchObject({ name: { value: 'Bücher' }, disks: [{ file: 'Bücher.vmdk' }, {}] });
  });

  it('goes to libvirt with the controller that Windows has a driver for', async () => {
    const file = described('mail.vmx', workstation.replace(/sata0.*\n/g, ''));
    for (const disk of ['Mail.vmdk', 'Data.vmdk']) await makeImage(join(dirname(file), disk), 'vmdk', '1M');
    const { recommendation, warnings, name, base } = await plan(file, { to: 'libvirt' });
    expect([name, base]).toEqual(['Mail | server', 'Mail---server']);
    expect(recommendation).toMatchObject({
      os: { shortId: 'win2k19' },
      disk: { bus: 'scsi', controller: 'lsisas1068' },
      nic: { model: 'e1000e' },
      firmware: { type: 'uefi', secureBoot: true },
      tpm: { version: '2.0' },
      memoryBytes: 8192 * MiB,
    });
    expect(warnings.join('\n')).toContain('that the disk "Data.vmdk" is on nvme: all disks are on scsi');
  });
});

describe('an OVF of VirtualBox', () => {
  const machine = readOvf(virtualbox, 'box.ovf');

  it('is read, disks in the order of their places', () => {
    expect(machine).toMatchObject({
      name: { value: 'box' },
      arch: { value: 'x86_64' },
      firmware: { value: 'uefi' },
      memoryBytes: { value: 2048 * MiB },
      cpus: { value: 2 },
      disks: [
        { file: 'box-disk001.vmdk', format: 'vmdk', bus: 'sata', capacityBytes: 8192 * MiB },
        { bus: 'sata', capacityBytes: 2048 * MiB },
      ],
      cdroms: [{ bus: 'ide' }],
      nics: [{ model: 'e1000-82545em', network: 'NAT' }],
    });
    expect(machine.disks[1]?.file).toBeUndefined();
    expect(osOfWord(db(), machine.os?.value.word ?? '')?.shortId).toBe('debian12');
  });

  it('tells what is lost with it', () => {
    expect(lostOf(machine)).toEqual([
      '11: the text of the licence',
      '23: a floppy drive',
      expect.stringMatching(/^25: VirtualBox's own description/),
    ]);
  });

  it('becomes a machine with its blank disk', async () => {
    const file = described('box.ovf', virtualbox.replace('"2" ovf:capacityAlloc', '"1" ovf:capacityAlloc'));
    await makeImage(join(dirname(file), 'box-disk001.vmdk'), 'vmdk', '1M', '-o', 'subformat=streamOptimized');
    const made = await plan(file, { to: 'libvirt' });
    const written = await runConversion(made);
    expect(written.map(({ capacityBytes }) => capacityBytes)).toEqual([undefined, MiB, 1024 * MiB]);
  });
});

describe('domain XML', () => {
  it('names the line of the very drive whose bus it says', () => {
    const xml = `<domain type='kvm'><name>a</name><memory>1</memory><os><type>hvm</type></os><devices>
<disk type='file' device='cdrom'><target dev='sdc' bus='sd'/></disk>
<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>
</devices></domain>`;
    const wish = wishesOf(readLibvirt(xml, 'a.xml')).find(({ decisions }) => decisions.includes('cdrom'));
    expect(wish).toMatchObject({ value: 'sata', line: 3 });
  });

  it('tells everything that nothing is made of, known or not', () => {
    const xml = `<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name>
<vcpu current='1'>2</vcpu>
<numatune/>
<os><type>hvm</type><nvram>/x</nvram><kernel>/boot/k</kernel></os>
<features><acpi/><kvm><hidden state='on'/></kvm></features>
<cpu mode='custom'><model>Haswell</model><feature policy='require' name='vmx'/></cpu>
<devices>
<disk type='network' device='disk'><source protocol='rbd'/><target dev='vdb'/></disk>
<disk device='floppy'><target dev='fda'/></disk>
<disk type='file'><source file='/a'/><target dev='vda'/><iotune/><serial>S1</serial></disk>
<graphics type='vnc' listen='0.0.0.0' passwd='secret'/><graphics type='spice'/>
<serial type='tcp'/><flux/>
</devices>
<q:commandline/>
<newthing/>
</domain>`;
    const lost = lostOf(readLibvirt(xml, 'a.xml')).join('\n');
    for (const words of [
      '2: that only "1" of its 2 processors are plugged in',
      '3: NUMA placement',
      "4: the firmware's variables",
      '4: the kernel that the host starts it with',
      '5: the feature <kvm>',
      '6: the feature of its processor "vmx"',
      '8: the whole disk vdb, which is of type "network"',
      '9: the floppy drive fda',
      '10: disk vda: its limits of input and output',
      '10: disk vda: its serial number',
      '11: the password of its screen',
      '11: that its screen is served at "0.0.0.0"',
      '11: a second screen: "spice"',
      '12: that its serial port leads to "tcp"',
      '12: <flux>, which is not known here',
      "14: words of QEMU's own command line",
      '15: <newthing>, which is not known here',
    ])
      expect(lost).toContain(words);
    expect(lost).not.toContain('secret');
  });

  it.skipIf(!existsSync('/usr/bin/virt-install'))('of virt-install is read without a rest', async () => {
    const words = ['--connect', 'test:///default', '--name', 'a', '--osinfo', 'debian11', '--memory', '1024'];
    const { stdout } = await run([
      'virt-install',
      ...words,
      '--disk',
      'size=1,path=/tmp/none.raw',
      '--import',
      '--dry-run',
      '--print-xml',
    ]);
    const { lost, memoryBytes: memory } = readLibvirt(stdout, 'a.xml');
    expect(memory?.value).toBe(1024 * MiB);
    expect(lostOf({ lost }).filter((line) => line.includes('not known'))).toEqual([]);
  });

  it.skipIf(!existsSync('/usr/bin/virt-xml-validate'))("that we write passes libvirt's own grammar", async () => {
    const { file } = await libvirtMachine();
    const made = await plan(file, { to: 'libvirt' });
    await runConversion(made);
    await run(['virt-xml-validate', join(made.folder, 'web.libvirt.xml'), 'domain']);
    expect(readSource(join(made.folder, 'web.libvirt.xml')).machine.nics[0]?.mac).toBe('52:54:00:12:34:56');
  });
});

describe('small things', () => {
  it('kinds are told by the content', () => {
    const kind = (text: string) => detectKind(Buffer.from(text), 'x');
    expect(kind("<?xml version='1.0'?>\n<!-- a > b -->\n<domain type='kvm'>")).toBe('libvirt');
    expect(kind('\uFEFF<ovf:Envelope xmlns:ovf="x">')).toBe('ovf');
    expect(kind('<image>')).toBe('virt-image');
    expect(kind('#!/usr/bin/vmware\n.encoding = "UTF-8"\n')).toBe('vmx');
    expect(() => kind('QFI\u00fb')).toThrow();
  });

  it('numbers and units', () => {
    expect(memoryBytes('4194304', 'KiB')).toBe(4 * 1024 ** 3);
    expect(memoryBytes('1', 'GB')).toBe(1e9);
    expect(memoryBytes('-1', 'KiB')).toBeUndefined();
    expect(memoryBytes('1', 'toString')).toBeUndefined();
    expect(cimFactor('byte * 2^20')).toBe(MiB);
    expect(cimFactor('byte * 1024')).toBe(1024);
    expect(cimFactor('hertz * 10^6')).toBeUndefined();
    expect(macAddress('00-0C-29-AB-CD-01')).toBe('00:0c:29:ab:cd:01');
    expect(macAddress('00:0c:29')).toBeUndefined();
  });

  it.each([
    ['debian12_64Guest', 'debian12'],
    ['windows9-64', 'win10'],
    ['windows2019srvNext_64Guest', 'win2k22'],
    ['Windows11_64', 'win11'],
    ['Debian GNU/Linux 12 (64-bit)', undefined],
    ['Debian 12 (64-bit)', 'debian12'],
    ['ubuntu-64', undefined],
    ['otherlinux', undefined],
    ['constructor', undefined],
  ])('%s means %s', (word, shortId) => {
    expect(osOfWord(db(), word)?.shortId).toBe(shortId);
  });

  it('the system of a source that does not say is looked for on its disk, and told where it is not found', async () => {
    const { file } = await libvirtMachine();
    const other = described('a.xml', readFileSync(file, 'utf8').replace(/<metadata>.*<\/metadata>/, ''));
    const { recommendation, warnings } = await plan(other, { to: 'libvirt' });
    expect(recommendation?.os.shortId).toBe('unknown');
    expect(warnings.join('\n')).toContain('which OS it has is not said, and not seen on its first disk');
    expect((await plan(other, { to: 'libvirt', os: 'debian11' })).recommendation?.os.shortId).toBe('debian11');
  });
});
