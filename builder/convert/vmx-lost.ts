// SPDX-License-Identifier: Apache-2.0
import { type Losses, quoted } from './said.js';
import type { VmxSettings } from './vmx-syntax.js';

const isTrue = (value: string): boolean => /^(true|1|yes)$/i.test(value);
const isSomething = (value: string): boolean => value !== '' && !/^(false|0|no|unlimited|normal|all)$/i.test(value);
const always = (): boolean => true;

/** Settings that nothing is made of: the key in lower case, when it says anything, and what is lost with it. */
const LOST: readonly (readonly [key: RegExp, says: (value: string) => boolean, words: string])[] = [
  [/^floppy\d\.present$/, isTrue, 'a floppy drive'],
  [/^parallel\d\.present$/, isTrue, 'a parallel port'],
  [/^pcipassthru\d+\.present$/, isTrue, "a device of the host's that is passed through"],
  [/^usb\.autoconnect\.device\d+$/, isSomething, 'a USB device of the host that is passed through'],
  [/^sharedfolder\d+\.present$/, isTrue, 'a folder that is shared with the host'],
  [/^sched\.cpu\.affinity$/, isSomething, 'the processors of the host that it runs on'],
  [/^sched\.(cpu|mem)\.(min|max|minsize|shares)$/, isSomething, 'shares and limits of processor or memory'],
  [/^sched\.(scsi|sata|nvme|ide)\d+:\d+\.(shares|throughputcap)$/, isSomething, 'shares and limits of a disk'],
  [/^numa\..*$/, isSomething, 'NUMA placement'],
  [/^(vcpu|mem)\.hotadd$/, isTrue, 'that processors or memory can be added while it runs'],
  [/^vhv\.enable$/, isTrue, 'that it can run machines of its own'],
  [/^checkpoint\.vmstate$/, isSomething, 'its suspended state: shut it down in VMware first'],
  [/^encryption\.(keysafe|data)$/, isSomething, 'its encrypted parts'],
  [/^guestinfo\..*$/, isSomething, 'what the host tells the guest'],
  [/^uuid\.bios$/, isSomething, 'the id that its firmware shows (SMBIOS), by which some software is licensed'],
  [/^remotedisplay\.vnc\.(key|password)$/, isSomething, 'the password of its screen'],
  [/^mks\.enable3d$/, isTrue, '3D acceleration of its video card'],
  [/^svga\.numdisplays$/, (value) => Number(value) > 1, 'more than one screen'],
  [
    /^(scsi|sata|nvme|ide)\d+:\d+\.mode$/,
    (value) => /nonpersistent/i.test(value),
    'that changes to a disk are thrown away',
  ],
  [/^(scsi|sata|nvme)\d+\.sharedbus$/, (value) => !/^none$/i.test(value), 'that others use its disks too'],
  [/^nvram$/, isSomething, "the firmware's variables (boot entries, enrolled keys): a new set is made"],
  [/^replay\..*$/, isTrue, 'its recording'],
  [/^ethernet\d+\.(filter\d+.*|bandwidth.*|rxfi.*|txfi.*)$/, always, 'limits or filters of a network card'],
];

/** What is read, and what VMware writes for itself or every machine has. */
const KNOWN =
  /^(\.encoding|config\.version|virtualhw\..*|displayname|annotation|guestos.*|firmware|uefi\..*|numvcpus|cpuid\..*|memsize|memory\..*|(scsi|sata|nvme|ide)\d+(:\d+)?\..*|ethernet\d+\..*|pcibridge\d+\..*|vmci\d.*|svga\..*|usb\..*|usb_xhci.*|ehci.*|usb:\d.*|sound\..*|serial\d+\..*|rtc\..*|hpet\d\..*|bios\..*|managedvm\..*|vtpm\..*|floppy\d\..*|parallel\d\..*|sharedfolder.*|pcipassthru.*|sched\..*|numa\..*|uuid\..*|vc\.uuid|extendedconfigfile|policy\..*|powertype\..*|tools\..*|toolscripts?\..*|tools\w*|gui\..*|vmotion\..*|monitor\..*|monitor_control\..*|cleanshutdown|softpoweroff|migrate\..*|replay\..*|vmxstats\..*|keyboardandmouseprofile|proxyapps\..*|isolation\..*|hgfs\..*|unity\..*|mks\..*|remotedisplay\..*|checkpoint\..*|snapshot\..*|toolsinstallmanager\..*|scsi\..*|log\..*|logging|answer\..*|msg\..*|priority\..*|debugstub\..*|workingdir|vhv\..*|vcpu\..*|mem\..*|mainmem\..*|nvram|encryption\..*|guestinfo\..*|virtual\w*|chipset\..*|acpi\..*|efi\..*|numa|disk\..*|svga|smbios\..*|ulm\..*|vpmc\..*|time\..*|ctkenabled|memallowautoscaledown|memtrimrate|hints\..*|extendedconfig.*|featurecompat\..*|cpuid|vm\w*|sata\w*)$/;

const MOST_NAMED = 8;

/** A sentence for each setting that nothing is made of; of those that are not known here, one with all their names. */
export function addLostSettings(settings: VmxSettings, losses: Losses): void {
  const unknown: { readonly key: string; readonly line: number }[] = [];
  const told = new Set<string>();
  for (const [lower, { key, value, line }] of settings) {
    const found = LOST.find(([pattern]) => pattern.test(lower));
    if (found?.[1](value)) {
      // A machine has several limits, filters or encrypted parts, and one sentence says so.
      const once = /^(sched|guestinfo|encryption|numa|replay)/.test(lower);
      if (!once || !told.has(found[2])) losses.add(line, `${found[2]} (${key})`);
      told.add(found[2]);
    } else if (found === undefined && !KNOWN.test(lower)) unknown.push({ key, line });
  }
  if (unknown.length === 0) return;
  const names = unknown.slice(0, MOST_NAMED).map(({ key }) => quoted(key));
  const more = unknown.length > MOST_NAMED ? ` and ${unknown.length - MOST_NAMED} more` : '';
  losses.add(unknown[0]!.line, `settings that are not known here: ${names.join(', ')}${more}`);
}
