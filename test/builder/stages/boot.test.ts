// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DiskPlan, Plan } from '../../../builder/plan/types.js';
import type { StageContext } from '../../../builder/run/context.js';
import { linkImages, writeBiosCode } from '../../../builder/stages/boot/bios.js';
import { formatEarly } from '../../../builder/stages/boot/core.js';
import { bootFilesState } from '../../../builder/stages/boot/index.js';
import { quicken } from '../../../builder/stages/boot/initramfs.js';
import { missingInInitramfs } from '../../../builder/stages/boot/initramfs-check.js';
import { checkMenu, formatGrubDefaults } from '../../../builder/stages/boot/menu.js';
import { OVERLAY_ROOT } from '../../../builder/stages/boot/overlay.js';
import { planProbe, probeScript, relativeScript } from '../../../builder/stages/boot/probe.js';
import { formatCrypttab, formatMdadm } from '../../../builder/stages/boot/storage-files.js';
import { finishTree } from '../../../builder/stages/finish.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { plan as planLayout } from '../plan/storage/planning.js';

/** The parts of a plan that a boot is made of, for a layout in the language of kickstarts. */
function boot(layout: string, append = 'console=ttyS0,9600') {
  const { layers, root, boot: holder, disks } = planLayout(layout);
  return {
    disks,
    storage: layers,
    arch: { name: 'x86_64', packages: 'amd64' },
    boot: {
      append,
      timeoutSeconds: 1,
      bootUuid: holder.filesystem.uuid,
      bootPath: layers.boot.path,
      rootUuid: root.filesystem.uuid,
      rootFilesystem: root.filesystem.type,
    },
  } as unknown as Plan;
}

const LVM = 'part pv.1 --size=2000\nvolgroup vg-0 pv.1\nlogvol / --vgname=vg-0 --name=root --size=1000\n';
const BTRFS = 'part btrfs.1 --size=2000\nbtrfs none --label=p btrfs.1\nbtrfs / --subvol --name=@ LABEL=p\n';
const LUKS_BOOT = 'part / --size=1016 --encrypted --passphrase=s\n';
const MIRROR = `part raid.1 --size=200 --ondisk=sda
part raid.2 --size=200 --ondisk=sdb
part raid.3 --size=1000 --ondisk=sda
part raid.4 --size=1000 --ondisk=sdb
raid /boot --device=boot --level=1 raid.1 raid.2
raid / --device=root --level=1 raid.3 raid.4
`;

function ask(plan: Plan) {
  const folder = newFolder();
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o755 });
    return (...words: string[]) => execFileSync('sh', [join(folder, name), ...words], { encoding: 'utf8' }).trim();
  };
  return { probe: write('probe', probeScript(planProbe(plan))), relative: write('relative', relativeScript(plan)) };
}

describe('what grub-mkconfig is told', () => {
  it('of a root on a partition: its UUID', () => {
    const plan = boot('part / --size=1000\n');
    const { probe, relative } = ask(plan);
    expect(probe('--target=device', '/')).toBe(`/dev/disk/by-uuid/${plan.boot.rootUuid}`);
    expect(probe('--device', probe('--target=device', '/boot'), '--target=fs_uuid')).toBe(plan.boot.rootUuid);
    expect(probe('--device', 'x', '--target=partmap')).toBe('gpt');
    expect(probe('-t', 'fs', '/usr/share/grub')).toBe('ext2');
    expect([relative('/'), relative('/boot/vmlinuz')]).toEqual(['/', '/boot/vmlinuz']);
  });

  it('of a root in a volume: its name, and the module that reads it', () => {
    const { probe } = ask(boot(LVM));
    expect(probe('--target=device', '/')).toBe('/dev/mapper/vg--0-root');
    expect(probe('--target=abstraction', '/boot/grub')).toBe('lvm');
  });

  it('of a subvolume: paths that begin with it', () => {
    const { relative } = ask(boot(BTRFS));
    expect([relative('/'), relative('/boot'), relative('/boot/x')]).toEqual(['/@', '/@/boot', '/@/boot/x']);
  });

  it('of a /boot in a container: what GRUB has to open', () => {
    const plan = boot(LUKS_BOOT);
    const { probe } = ask(plan);
    expect(probe('--target=cryptodisk_uuid', '/boot')).toBe(plan.storage.luks[0]!.uuid.replaceAll('-', ''));
    expect(probe('--target=abstraction', '/boot').split('\n')).toContain('cryptodisk');
    expect(formatGrubDefaults(plan, [])).toContain('\nGRUB_ENABLE_CRYPTODISK=y\n');
  });

  it('of a mirrored /boot: that it is an array, which GRUB must not write to; nothing is read from the root', () => {
    const plan = boot(MIRROR);
    const { probe, relative } = ask(plan);
    expect(plan.storage.boot.grubModules).not.toContain('mdraid1x');
    expect(probe('--target=abstraction', '/boot/grub').split('\n')).toContain('diskfilter');
    expect(probe('--device', probe('--target=device', '/boot'), '--target=fs_uuid')).toBe(plan.boot.bootUuid);
    expect(() => probe('-t', 'fs', '/usr/share/grub')).toThrow();
    expect(relative('/boot/vmlinuz')).toBe('/vmlinuz');
  });
});

describe('a boot menu', () => {
  it('is wrong when an entry has not the root, or not the subvolume', () => {
    const plan = boot(BTRFS);
    const right = `linux /@/boot/vmlinuz root=${plan.storage.root.argument} ro rootflags=subvol=@ quiet`;
    expect(() => checkMenu(plan, right)).not.toThrow();
    expect(() => checkMenu(plan, `${right}\nlinux /x root=${plan.storage.root.argument} ro`)).toThrow(/no entry/);
    expect(() => checkMenu(plan, '')).toThrow(/no entry/);
  });
});

describe('what GRUB does first', () => {
  it('is to find /boot by its UUID', () => {
    const plan = boot('part / --size=1000\n');
    expect(formatEarly(plan, 'bios')).toBe(
      `search --no-floppy --fs-uuid --set=root ${plan.boot.bootUuid}\nset prefix=($root)/boot/grub\nconfigfile $prefix/grub.cfg\n`,
    );
  });

  it('is to ask for a passphrase, three times, on the serial line too where that is the BIOS way', () => {
    const plan = boot(LUKS_BOOT);
    const uuid = plan.storage.luks[0]!.uuid.replaceAll('-', '');
    const bios = formatEarly(plan, 'bios').split('\n');
    expect(bios.slice(0, 4)).toEqual([
      'serial --unit=0 --speed=9600',
      'terminal_input console serial',
      'terminal_output console serial',
      `cryptomount -u ${uuid}`,
    ]);
    expect(bios.filter((line) => line.startsWith('cryptomount'))).toHaveLength(3);
    expect(formatEarly(plan, 'uefi')).not.toContain('serial');
  });
});

describe('BIOS boot code', () => {
  const core = new Uint8Array(70_000).fill(7);
  const gap = (bytes: number) =>
    ({
      name: 'sda',
      label: 'dos',
      sizeBytes: 4 << 20,
      partitions: [{ role: 'filesystem', startBytes: bytes, at: { file: 'a.ks', line: 3, column: 1 } }],
    }) as unknown as DiskPlan;

  it('knows where the core image lies, and the core image where its rest does', () => {
    const { code, body } = linkImages(new Uint8Array(512).fill(1), core, 2048);
    const sectors = Math.ceil(core.length / 512);
    expect(code).toHaveLength(440);
    expect(Buffer.from(code).readBigUInt64LE(0x5c)).toBe(2048n);
    expect([...code.subarray(0x66, 0x68)]).toEqual([0x90, 0x90]);
    expect(body).toHaveLength(sectors * 512);
    expect(Buffer.from(body).readBigUInt64LE(0x1f4)).toBe(2049n);
    expect(Buffer.from(body).readUInt16LE(0x1fc)).toBe(sectors - 1);
    expect(Buffer.from(body).readUInt16LE(0x1fe)).toBe(0x820);
  });

  it('goes into the gap behind an MBR, and leaves the table alone', () => {
    const image = join(newFolder(), 'sda.raw');
    writeFileSync(image, Buffer.alloc(4 << 20, 0xee));
    writeBiosCode(gap(1 << 20), image, new Uint8Array(512), core);
    const bytes = readFileSync(image);
    expect(bytes.readBigUInt64LE(0x5c)).toBe(1n);
    expect(bytes.subarray(440, 512).every((byte) => byte === 0xee)).toBe(true);
    expect(bytes[512]).toBe(7);
    expect(bytes.subarray(1 << 20).every((byte) => byte === 0xee)).toBe(true);
  });

  it('is refused with the line where a partition begins too early', () => {
    const image = join(newFolder(), 'sda.raw');
    writeFileSync(image, Buffer.alloc(1024));
    expect(() => writeBiosCode(gap(32 * 1024), image, new Uint8Array(512), core)).toThrow(/sda: .*first partition/);
    expect(statSync(image).size).toBe(1024);
  });
});

describe('the files of /boot', () => {
  it('are the same until one is written, even back to what it was', () => {
    const tree = newFolder();
    expect(bootFilesState(tree)).toBe('');
    mkdirSync(join(tree, 'boot'));
    const image = join(tree, 'boot/initrd.img-6.1');
    writeFileSync(image, 'made');
    const { atime, mtime } = statSync(image);
    const before = bootFilesState(tree);
    readFileSync(image);
    mkdirSync(join(tree, 'boot/efi'));
    expect(bootFilesState(tree)).toBe(before);
    writeFileSync(image, 'fake');
    utimesSync(image, atime, mtime);
    expect(bootFilesState(tree)).not.toBe(before);
    const again = bootFilesState(tree);
    writeFileSync(join(tree, 'boot/vmlinuz-6.2'), '');
    expect(bootFilesState(tree)).not.toBe(again);
  });

  it('are not looked at again where only a mount point was made among them', async () => {
    const tree = newFolder();
    for (const folder of ['boot', 'usr/sbin']) mkdirSync(join(tree, folder), { recursive: true });
    for (const file of ['boot/vmlinuz-6.1', 'usr/sbin/mkinitramfs']) writeFileSync(join(tree, file), '');
    const esp = { role: 'esp', mountpoint: '/boot/efi' };
    const plan = {
      disks: [{ partitions: [esp] }],
      storage: { needs: [], raids: [], luks: [], volumeGroups: [], btrfs: [] },
      os: { family: 'deb' },
      arch: { name: 'x86_64' },
      outputs: {},
      system: { hostname: 'localhost' },
      boot: { loader: 'grub', firmware: [] },
    };
    const tool = () => Promise.reject(new Error('no program is started'));
    const finish = (before: string) => finishTree({ tree, plan, tool } as unknown as StageContext, before);
    await finish(bootFilesState(tree));
    expect(readdirSync(join(tree, 'boot')).sort()).toEqual(['efi', 'vmlinuz-6.1']);
    await expect(finish('another state')).rejects.toThrow('no initramfs was made');
  });

  it('of a link that a script put there are not looked at', () => {
    const tree = newFolder();
    symlinkSync('/boot', join(tree, 'boot'));
    expect(bootFilesState(tree)).toBe('');
  });
});

describe('an initramfs', () => {
  const files = [
    'usr/sbin/lvm',
    'usr/lib/modules/6.1/kernel/drivers/md/dm-crypt.ko.xz',
    'usr/lib/modules/6.1/kernel/fs/ext4/ext4.ko',
  ];

  it('takes a module once, however many others need it, and starts no program to see that', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.ko'), '');
    // As it is written in initramfs-tools 0.142 and in those before.
    for (const begin of ['copy_file() {', 'copy_file()\n{']) {
      const text = quicken(`${begin}\n\techo "copies $*"\n}\n`)!;
      const calls = ['module /a.ko', 'module /b.ko', 'module /a.ko /c.ko', 'binary /a.ko'];
      const said = execFileSync(
        'sh',
        ['-c', `${text}${calls.map((one) => `copy_file ${one} || echo $?\n`).join('')}`],
        {
          env: { DESTDIR: folder },
          encoding: 'utf8',
        },
      );
      expect(said.split('\n')).toEqual(['1', ...calls.slice(1).map((one) => `copies ${one}`), '']);
    }
    expect(quicken('copy_files() {\n}\n')).toBeUndefined();
  });

  it('lacks nothing that is in the kernel or in its files', () => {
    const content = { files, builtIn: ['dm_mod'], texts: {} };
    expect(missingInInitramfs(boot(LVM), content)).toEqual([]);
    expect(missingInInitramfs(boot(LVM), { ...content, builtIn: [] })).toEqual([expect.stringContaining('dm-mod')]);
  });

  it('lacks a container that its crypttab does not name, and its key', () => {
    const plan = boot(LUKS_BOOT);
    const { name } = plan.storage.luks[0]!;
    const texts = { 'cryptroot/crypttab': `${name} UUID=x none luks` };
    expect(missingInInitramfs(plan, { files, builtIn: [], texts })).toEqual([expect.stringContaining(`${name}.key`)]);
    const keyed = { files: [...files, `cryptroot/keyfiles/${name}.key`], builtIn: [], texts: {} };
    expect(missingInInitramfs(plan, keyed)).toEqual([`${name} in its crypttab`]);
  });

  it('lacks arrays that its mdadm.conf does not name', () => {
    const plan = boot(MIRROR);
    const content = { files: ['sbin/mdadm', ...files], builtIn: ['raid1'], texts: { 'etc/mdadm/mdadm.conf': '' } };
    expect(missingInInitramfs(plan, content)).toHaveLength(2);
    const conf = formatMdadm(plan.storage.mdadm);
    expect(conf).toContain('HOMEHOST <ignore>\n');
    expect(missingInInitramfs(plan, { ...content, texts: { 'etc/mdadm/mdadm.conf': conf } })).toEqual([]);
  });

  it('has a script for a root that cannot be written to, which a shell reads', () => {
    execFileSync('sh', ['-n'], { input: OVERLAY_ROOT });
    expect(execFileSync('sh', ['-s', 'prereqs'], { input: OVERLAY_ROOT, encoding: 'utf8' })).toBe('');
  });
});

it('crypttab has a key where the plan has one', () => {
  expect(
    formatCrypttab([
      { name: 'a', source: 'UUID=1', options: 'luks' },
      { name: 'b', source: 'UUID=2', key: '/k', options: 'luks' },
    ]),
  ).toMatch(/\na\tUUID=1\tnone\tluks\nb\tUUID=2\t\/k\tluks\n$/);
});
