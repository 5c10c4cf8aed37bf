// SPDX-License-Identifier: Apache-2.0
import {
  cacheFile,
  databaseVariables,
  debugVariable,
  dropInExits,
  houseExits,
  placeFiles,
  placeVariables,
} from './common.js';
import type { CommandFacts } from './types.js';

const tools = ['osinfo-db-path(1)', 'osinfo-db-import(1)', 'osinfo-db-export(1)', 'osinfo-db-validate(1)'];

export const databaseFacts: Readonly<Record<string, CommandFacts>> = {
  'osinfo-query': {
    about: [
      'TYPE is os, platform, device or deployment. Without a CONDITION all entries are listed; several conditions have to hold together. KEY is a property of the type: short-id, name, version, family, distro, vendor, release-date, eol-date, codename, id and release-status of an os; vendor, vendor-id, product, product-id, name, class, bus-type and id of a device.',
      'KEY=VALUE compares the whole value and takes * and ? in it; a comparison with <, <=, > or >= takes dates as dates and numbers by their value. Put a condition with such a character between quotes.',
      'Names and vendors are shown in the language of the locale where the database has them; titles of columns are not translated.',
    ],
    exitStatus: [
      ['0', 'something was found'],
      ['1', 'nothing was found, or anything went wrong'],
    ],
    environment: databaseVariables,
    files: [...placeFiles, cacheFile],
    examples: [
      ['osinfo-query os short-id=debian12', 'one operating system'],
      [
        "osinfo-query os 'short-id=ubuntu*' 'release-date>=2024' -f short-id,eol-date",
        'those of the last years, with their end of life',
      ],
      ['osinfo-query platform --json', 'all hypervisors, for a program'],
    ],
    seeAlso: ['osinfo-detect(1)', ...tools, 'guestwright(1)'],
  },
  'osinfo-detect': {
    about: [
      'PATH is an ISO image, a block device, a folder, or an address of a file or with http or https. Of an image only the parts that are needed are read, also over the network. What it is, a medium or a tree, is told by looking.',
      'With --compat it prints and ends as the program of libosinfo does, whose exit code for what is unknown is 0.',
    ],
    exitStatus: [
      ['0', 'everything was recognised'],
      ['1', 'something was not recognised, or could not be reached'],
      ['2', 'what was given is wrong'],
    ],
    environment: databaseVariables,
    files: [...placeFiles, cacheFile],
    examples: [
      ['osinfo-detect debian-12.iso', 'one image'],
      ['osinfo-detect --format json *.iso', 'many, for a program'],
      ['osinfo-detect --type tree https://example.org/fedora/', 'a tree on a web server'],
    ],
    seeAlso: ['osinfo-query(1)', 'guestwright-inspect(1)', 'guestwright(1)'],
  },
  'osinfo-install-script': {
    about: [
      'SOURCE is an installation medium, as osinfo-detect takes it, or the id or short id of an operating system. Every script of the profile is written into a file that only its owner can read, and its name is printed. A file of that name is kept as NAME~.',
      'The file of parameters is a GLib key file with a group [install-script]. A password that nobody gave is made up, and told on standard error. A template that reads or writes files is refused.',
    ],
    exitStatus: [
      ['0', 'done'],
      ['251', 'there is no script of the profile, or it cannot be made'],
      ['252', 'no such operating system, or the medium was not recognised'],
      ['253', 'the database cannot be read'],
      ['254', 'no SOURCE, or two lists at once'],
      ['255', 'the command line or the file of parameters is wrong'],
    ],
    environment: databaseVariables,
    files: [...placeFiles, cacheFile],
    examples: [
      ['osinfo-install-script debian12 --list-config', 'what can be told to the installer'],
      ['osinfo-install-script debian12 -f answers.conf -d out', 'with parameters from a file'],
    ],
    seeAlso: ['osinfo-detect(1)', 'osinfo-query(1)', 'guestwright(1)'],
  },
  'osinfo-db-path': {
    about: [
      'Prints one absolute path, whether there is anything or not. Without an option it is the local place for root and the user place for everybody else.',
    ],
    exitStatus: dropInExits,
    environment: placeVariables,
    files: placeFiles,
    examples: [
      ['osinfo-db-path --local', 'where an administrator adds entries'],
      ['osinfo-db-path --system --root /mnt', 'the same for a system that is mounted elsewhere'],
    ],
    seeAlso: [...tools.filter((page) => !page.startsWith('osinfo-db-path')), 'guestwright-db(1)'],
  },
  'osinfo-db-import': {
    about: [
      'Unpacks the archive beside the target, checks every member and every document, and then exchanges the two folders in one step. Until then the old database is as it was. Files of the old database that the new one no longer has go; what did not come with a database stays.',
      'Without ARCHIVE, or with -, it is read from standard input. Links, devices, paths that lead out of the target, and archives that unpack to too much are refused.',
      'A checksum is verified when --checksum gives one, when ARCHIVE.sha256 lies beside the file, or when the list of an address names one; a signature when --signature gives one or the list names one and --keyring says whose.',
    ],
    exitStatus: dropInExits,
    environment: [
      ['OSINFO_DB_ADDRESS', 'the address of --latest and --nightly, as --from gives it'],
      ...placeVariables,
      debugVariable,
    ],
    files: placeFiles,
    examples: [
      ['osinfo-db-import --user osinfo-db-20250606.tar.xz', 'into your own place'],
      ['osinfo-db-import --local --latest', 'the latest that libosinfo publishes, if it is later'],
      ['osinfo-db-import --dry-run new.tar.xz', 'what an import would change'],
    ],
    seeAlso: [...tools.filter((page) => !page.startsWith('osinfo-db-import')), 'guestwright-db(1)', 'gpg(1)'],
  },
  'osinfo-db-export': {
    about: [
      'Packs the XML files, the grammar, VERSION and LICENSE of a place. The same database gives the same bytes: entries are sorted and carry the time of the newest file, or of SOURCE_DATE_EPOCH.',
      'Without a place it is the local one for root and the user place for everybody else.',
    ],
    exitStatus: dropInExits,
    environment: [
      ['SOURCE_DATE_EPOCH', 'the time of all entries and the date of the version, in seconds since 1970'],
      ...placeVariables,
      debugVariable,
    ],
    files: placeFiles,
    examples: [
      ['osinfo-db-export --dir ./db mine.tar.xz', 'a folder becomes an archive'],
      [
        'osinfo-db-export --dir ./db --plain -',
        'without the facts that the original grammar has no word for, on standard output',
      ],
    ],
    seeAlso: [...tools.filter((page) => !page.startsWith('osinfo-db-export')), 'guestwright-db(1)'],
  },
  'osinfo-db-validate': {
    about: [
      'Holds every document against the RELAX NG grammar of its database and says all that is wrong, with file and line. FILE may be a folder. Without one it is a place: the local one for root and the user place for everybody else.',
      '--lint adds what no grammar can say. Its warnings leave the exit code as it is.',
    ],
    exitStatus: [
      ['0', 'there is no error'],
      ['1', 'there are errors, or anything went wrong'],
    ],
    environment: [...placeVariables, debugVariable],
    files: [['schema/osinfo.rng', 'the grammar, in the database that is validated'], ...placeFiles],
    examples: [
      ['osinfo-db-validate --dir ./db', 'a whole database'],
      [
        'osinfo-db-validate --lint --format sarif os/example.org/*.xml',
        'some files, for a service that shows findings at the lines of a change',
      ],
    ],
    seeAlso: [...tools.filter((page) => !page.startsWith('osinfo-db-validate')), 'guestwright-db(1)'],
  },
  'guestwright-db': {
    about: [
      'import, export, path and validate are osinfo-db-tools’ programs under short names; their own pages say more.',
      'new-os writes an entry to be filled in, valid as it is, into the user place or where you say, and never over another. Devices and facts come from --like, or from the era of Linux that fits --release-date.',
    ],
    exitStatus: houseExits,
    environment: databaseVariables,
    files: [...placeFiles, cacheFile],
    examples: [
      ['guestwright db info', 'which databases are in force, and why'],
      ['guestwright db diff system new.tar.xz --recommend qemu-7.2', 'what an import would change, machines too'],
      ['guestwright db validate --lint --dir ./db', 'what is wrong in a folder'],
      [
        'guestwright db new-os --id http://example.org/exos/2 --iso exos-2.iso',
        'an entry for your own OS, with the labels of its image',
      ],
    ],
    seeAlso: [...tools, 'guestwright(1)'],
  },
};
