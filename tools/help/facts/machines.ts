// SPDX-License-Identifier: Apache-2.0
import { IMAGE_FORMATS, OUTPUTS } from '../../../builder/plan/outputs.js';
import { cacheFile, cacheVariables, databaseVariables, debugVariable, houseExits, placeFiles } from './common.js';
import type { CommandFacts, Row } from './types.js';

/** `qcow2 (QEMU 5.1 and newer), raw (everything)`: the words of -f, with who reads them. */
const formats = IMAGE_FORMATS.map((format) => `${format} (${OUTPUTS[format].about})`).join(', ');

const buildVariables: readonly Row[] = [
  ['SOURCE_DATE_EPOCH', 'seconds since 1970: the same inputs then give the same bytes'],
  ['TMPDIR', 'where the build keeps its own files, unless --tmpdir says it'],
  ['NO_COLOR', 'when set, no colours'],
  ...databaseVariables,
];
const buildCache: Row = ['~/.cache/guestwright/build/stages', 'kept trees, taken again by the next build of the same'];

export const machineFacts: Readonly<Record<string, CommandFacts>> = {
  guestwright: {
    about: [
      'Each COMMAND has a page of its own: guestwright-build(1) and so on. The programs that have an original (osinfo-query, osinfo-db-import and so on) take its options, print what it prints and end with its exit codes; below guestwright they take the same options and end as all its commands do.',
    ],
    exitStatus: houseExits,
    environment: databaseVariables,
    files: [...placeFiles, cacheFile],
    examples: [
      ['guestwright recommend debian12', 'the right machine for an operating system'],
      ['guestwright build kickstarts/debian-12-minimal.ks --boot-test', 'an appliance that has proven that it starts'],
      ['guestwright query os family=linux', 'what the database knows'],
    ],
    seeAlso: [],
  },
  'guestwright-build': {
    about: [
      'It needs no root, no loop device and no KVM. What is missing is said before anything is downloaded. All files appear at the end; a build that fails or is killed leaves nothing in the output folder, and the next one goes on from the cache.',
      `The formats of -f: ${formats}.`,
    ],
    exitStatus: houseExits,
    environment: buildVariables,
    files: [
      ['appliances/NAME/', 'the result: images, NAME.xml (virt-image), NAME.libvirt.xml, NAME.manifest.json'],
      buildCache,
      cacheFile,
    ],
    examples: [
      ['guestwright build server.ks --dry-run', 'the plan, and nothing done'],
      ['guestwright build server.ks -f qcow2,vmdk -o out --boot-test', 'two formats, started from BIOS and from UEFI'],
      [
        "guestwright build server.ks --boot-run 'systemctl is-active nginx' --boot-screenshot screen.png",
        'started, logged in to, looked at and asked',
      ],
    ],
    seeAlso: ['guestwright-ks(1)', 'guestwright-sizes(1)', 'appliance-creator(1)', 'qemu-img(1)'],
  },
  'guestwright-cache': {
    about: [
      'Nothing that a running build uses is removed, and nothing else is lost for ever: what is gone is made again.',
      'A kept tree is named by all that it depends on. What a %post takes from the network is not among that: --fresh scripts of guestwright build runs it again.',
    ],
    exitStatus: houseExits,
    environment: cacheVariables,
    files: [buildCache, cacheFile],
    examples: [
      ['guestwright cache ls', 'what is kept, the most recently used first'],
      [
        'guestwright cache gc --older-than 7d --max-size 5G',
        'what was not used for a week, and what is more than 5 GiB',
      ],
    ],
    seeAlso: ['guestwright-build(1)'],
  },
  'guestwright-run': {
    about: [
      'QEMU is started by itself, without libvirt and without root: what the appliance says is its hardware, the network is QEMU’s own, and the console of the guest is this terminal. Every key is the guest’s, Ctrl-C too; Ctrl-] ends the machine at once, as pulling its plug would.',
      'With KVM where that works, else emulated, which is said, and why.',
      'Nothing is written to the images, and nothing is left when the machine ends, unless --persist asks for it; however it ends.',
    ],
    exitStatus: [
      ['0', 'the guest switched itself off, or Ctrl-] was pressed'],
      ['1', 'QEMU is missing, did not start, or ended badly; a port is in use; the guest panicked'],
      ['2', 'there is no such appliance, or what was given is wrong'],
      ['128+n', 'signal n ended it'],
    ],
    environment: [['TMPDIR', 'where QEMU keeps what the guest writes (default: /var/tmp)'], ...databaseVariables],
    files: [
      ['NAME.vars.fd', 'beside the images, with --persist: the variables of UEFI'],
      ['~/.cache/guestwright/probes/kvm.json', 'whether KVM runs guests here, until the next start of this machine'],
    ],
    examples: [
      ['guestwright run appliances/debian-12-minimal', 'what the quickstart built'],
      ['guestwright run web/ --forward 8080:80 --forward 2222:22', 'with two of its ports on this machine'],
      ['guestwright run disk.qcow2 --uefi --graphics gtk', 'any image, with a window'],
      ['guestwright run web/ --print', 'the command of QEMU, to be changed'],
    ],
    seeAlso: ['guestwright-build(1)', 'virt-image(1)', 'qemu-system(1)'],
  },
  'guestwright-install': {
    about: [
      'The medium of a short id is fetched from the address that the database has, goes on where it was cut off, is held against the checksum that its vendor publishes, and is kept. Its own installer then runs in QEMU, without libvirt and without root, answered by an install script; when it is done, the disk and its descriptions appear in the folder, all at once.',
      'With --script none you answer the installer yourself, in this terminal or on the screen of --graphics; Ctrl-] ends it.',
      'Passwords are given in a file (--config-file) or on standard input (-), never on the command line. That of the administrator is made up where none is given, and told at the end.',
      'An installer that asks what its answers do not say, stands still, panics or takes too long is ended, with its last words. What fails or is stopped leaves nothing but what was fetched.',
    ],
    exitStatus: [
      ['0', 'the system is installed'],
      [
        '1',
        'the medium cannot be fetched or is not what its checksum says, the installer did not come to its end, a program is missing',
      ],
      ['2', 'there is no such system, no medium or no script for it, or what was given is wrong'],
      ['128+n', 'signal n ended it'],
    ],
    environment: databaseVariables,
    files: [
      [
        'appliances/NAME/',
        'the result: NAME.qcow2, NAME.xml (virt-image), NAME.libvirt.xml, NAME.install.json, NAME.SHA256SUMS; installed from UEFI, NAME.vars.fd',
      ],
      ['~/.cache/guestwright/media', 'media that were fetched, whole and in part; may be deleted at any time'],
      ['~/.cache/guestwright/logs', 'the console of an installation that failed'],
    ],
    examples: [
      ['guestwright install debian12', 'two words to a machine; guestwright run appliances/debian12 starts it'],
      [
        'guestwright install fedora42 -f answers.conf --name web --to libvirt',
        'with passwords from a file, defined in libvirt',
      ],
      ['guestwright install debian-12.iso --script none --graphics gtk', 'answered by hand, in a window'],
      ['guestwright install ubuntu24.04 -f - --dry-run --json', 'what would be done, for a program'],
    ],
    seeAlso: ['osinfo-install-script(1)', 'guestwright-run(1)', 'virt-image(1)', 'guestwright-recommend(1)'],
  },
  'guestwright-recommend': {
    about: [
      'Firmware, machine, buses, devices, memory, processors and disk that both the operating system and the hypervisor have, each with the rule that chose it.',
    ],
    exitStatus: houseExits,
    environment: databaseVariables,
    files: [...placeFiles, cacheFile],
    examples: [
      ['guestwright recommend win11 --platform qemu-7.2 --explain', 'with all reasons and facts'],
      ['guestwright recommend debian12 --format libvirt --image disk.qcow2', 'a machine for virsh define'],
    ],
    seeAlso: ['osinfo-query(1)', 'guestwright-build(1)', 'virsh(1)'],
  },
  'guestwright-sizes': {
    about: ['The four sizes come from the header and the tables of the image itself.'],
    exitStatus: houseExits,
    environment: [debugVariable],
    files: [],
    examples: [['guestwright sizes disk.qcow2 --json', 'for a program']],
    seeAlso: ['qemu-img(1)', 'guestwright-build(1)'],
  },
  'guestwright-inspect': {
    about: [
      'The image is only read, by our own readers of image formats, partition tables and file systems. A backing file, an external data file and the parent of a delta are never opened.',
    ],
    exitStatus: [
      ['0', 'all images were recognised'],
      ['1', 'in one or more no installed system was found'],
      ['2', 'one cannot be read, or the command line is wrong'],
    ],
    environment: databaseVariables,
    files: [cacheFile],
    examples: [
      ['guestwright inspect server.qcow2', 'one image'],
      ['guestwright inspect --json *.vmdk', 'many, for a program'],
    ],
    seeAlso: ['osinfo-detect(1)', 'guestwright-sizes(1)', 'guestwright(1)'],
  },
  'guestwright-completion': {
    about: [
      'Prints a script for the shell that completes every program of guestwright: commands, options, their values, operating systems, hypervisors, conditions of osinfo-query and files. What a database holds is asked for when you press the key.',
      'For zsh, save it as _guestwright in a folder of fpath.',
    ],
    exitStatus: houseExits,
    environment: databaseVariables,
    files: [
      ['~/.local/share/bash-completion/completions/guestwright', 'bash, for one user'],
      ['~/.config/fish/completions/guestwright.fish', 'fish, for one user'],
    ],
    examples: [
      ['source <(guestwright completion bash)', 'in ~/.bashrc'],
      ['guestwright completion fish | source', 'in ~/.config/fish/config.fish'],
    ],
    seeAlso: ['guestwright(1)', 'bash(1)', 'zsh(1)', 'fish(1)'],
  },
  'appliance-creator': {
    about: [
      'Options, file names, descriptor and exit codes are those of appliance-tools. A long option may be shortened as far as it stays unique.',
      'Of raw disks packed with xz the descriptor names the disk that comes out, and the packed file with its digests beside that.',
    ],
    exitStatus: [
      ['0', 'the appliance is there'],
      ['1', 'the kickstart or the build is at fault'],
      ['2', 'the command line is wrong'],
    ],
    environment: buildVariables,
    files: [buildCache],
    examples: [
      ['appliance-creator -c server.ks -n server -f qcow2 -o out', 'out/server/ with image and descriptor'],
      [
        'appliance-creator -c server.ks -n server -p tar.zst -i docs',
        'server.tar.zst, with what docs holds beside the image',
      ],
    ],
    seeAlso: ['guestwright-build(1)'],
  },
};
