// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export const MIB = 1024 * 1024;

export interface Extras {
  /** POSIX ACLs; default true. */
  readonly acls?: boolean;
  /** Names of 255 bytes, line breaks and bytes that are no UTF-8; default true. */
  readonly names?: boolean;
  /** Device nodes, which only root outside of name spaces makes; default true for root. */
  readonly devices?: boolean;
}

/** Makes a folder that holds one of everything that a tree may have. Root, or root of a name space, makes it. */
export function makeEverything(folder: string, { acls = true, names = true, devices = true }: Extras = {}): string {
  const at = (name: string) => join(folder, name);
  const file = (name: string, mode = 0o644, content: string | Uint8Array = `${name}\n`) => {
    writeFileSync(at(name), content);
    chmodSync(at(name), mode);
  };
  const owned = (name: string, uid: number, gid: number, mode: number) => {
    chownSync(at(name), uid, gid);
    chmodSync(at(name), mode);
  };
  const run = (program: string, ...words: string[]) => execFileSync(program, words, { stdio: 'pipe' });

  mkdirSync(at('usr/lib/deep'), { recursive: true });
  for (const name of ['tmp', 'mail', 'private', 'empty']) mkdirSync(at(name));
  owned('tmp', 0, 0, 0o1777);
  owned('mail', 0, 8, 0o2775);
  owned('private', 1000, 1000, 0o700);
  file('setuid');
  owned('setuid', 0, 0, 0o4755);
  file('setgid');
  owned('setgid', 0, 42, 0o2755);
  file('high');
  owned('high', 65_000, 60_000, 0o600);
  file('none', 0, '');

  file('capable', 0o755);
  run('setcap', 'cap_net_raw,cap_net_bind_service+ep', at('capable'));
  file('attributes');
  run('setfattr', '-n', 'user.text', '-v', 'a value', at('attributes'));
  run('setfattr', '-n', 'user.bytes', '-v', '0x00ff0a22', at('attributes'));
  run('setfattr', '-n', 'user.empty', at('attributes'));
  run('setfattr', '-n', 'user.long', '-v', 'x'.repeat(3000), at('setgid'));
  run('setfattr', '-n', 'user.folder', '-v', '1', at('usr/lib'));
  if (acls) {
    file('granted', 0o640);
    run('setfacl', '-m', 'u:1000:rw,g:1001:r', at('granted'));
    run('setfacl', '-m', 'u:1000:rwx,d:u:1000:rwx,d:g:1001:rx,d:o::-', at('private'));
  }

  file('first');
  linkSync(at('first'), at('usr/lib/second'));
  linkSync(at('first'), at('usr/third'));
  symlinkSync('first', at('link'));
  lchownSync(at('link'), 1000, 1000);
  linkSync(at('link'), at('usr/link-too'));
  symlinkSync(`/nowhere/${'far/'.repeat(50)}`, at('usr/long-link'));
  run('mkfifo', '-m', '620', at('pipe'));
  if (devices && process.getuid?.() === 0) {
    run('mknod', '-m', '666', at('null'), 'c', '1', '3');
    run('mknod', '-m', '660', at('disk'), 'b', '259', '70000');
  }

  const sparse = openSync(at('sparse'), 'w');
  ftruncateSync(sparse, 10 * MIB);
  writeSync(sparse, 'in the middle', 4 * MIB);
  closeSync(sparse);
  file('large', 0o644, Buffer.alloc(3 * MIB, 'guestwright '));
  for (let index = 0; index < 200; index++) file(`usr/lib/deep/${'many-'.repeat(20)}${String(index).padStart(4, '0')}`);

  for (const name of ['with space', '-dash', ' lead', 'trail ', 'quo"te', "apo'strophe", 'back\\slash', '*', 'ünïcode'])
    file(name);
  if (names) {
    file('n'.repeat(255));
    file('line\nbreak');
    for (const name of [Buffer.from([0x6e, 0xff, 0xfe, 0x6e])])
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), 'no UTF-8\n');
  }

  // Named by seconds since 1970.
  const times = { 'parts-of-a-second': '1600000000.987654321', 'before-1970': '-31535999.5', later: '2208988800.25' };
  for (const [name, time] of Object.entries(times)) {
    file(name);
    run('touch', '--date', `@${time}`, at(name));
  }
  run('touch', '--no-dereference', '--date', '@1500000000.7', at('link'));
  for (const name of ['usr/lib/deep', 'usr/lib', 'usr']) run('touch', '--date', '@1400000000.125', at(name));
  run('setfattr', '-n', 'user.top', '-v', 'top', folder);
  if (acls) run('setfacl', '-m', 'u:1000:rwx', folder);
  chownSync(folder, 1000, 1001);
  chmodSync(folder, 0o1775);
  run('touch', '--date', '@1234567890.000000042', folder);
  return folder;
}

/** What a listing is made with, beside the usual programs. */
export const LISTING_PROGRAMS = ['find', 'sort', 'awk', 'sha256sum', 'getfattr'];

/**
 * Everything that is known of a folder's entries, a line each, sorted: type, mode, owner, time, target; how many names a
 * file has and which are one; size and checksum; device numbers; attributes with ACLs and capabilities. `$1` is the folder.
 */
export const LISTING = `
cd "$1"
export LC_ALL=C
{
  find . -path ./lost+found -prune -o -printf 'entry %p|%y %m %U:%G %T@ %l\\n'
  find . -not -type d -printf 'names %n %p\\n'
  find . -not -type d -links +1 -printf '%i %p\\n' | sort -k2 |
    awk '{ if (!($1 in first)) first[$1] = $2; print "same", $2, first[$1] }'
  find . -type f -printf 'size %s %p\\n'
  find . -type f -exec sha256sum -- {} +
  find . \\( -type b -o -type c \\) -exec stat -c 'device %n %t:%T' -- {} +
} | sort
getfattr --recursive --physical --no-dereference --dump --match=- --encoding=hex . | awk 'BEGIN { RS = ""; FS = "\\n" }
  $1 != "# file: lost+found" { for (i = 2; i <= NF; i++) print "attribute", $1, $i }' | sort
`;

/** The listing of a folder of this machine. */
export function listFolder(folder: string): string[] {
  const words = ['-eu', '-c', LISTING, 'sh', folder];
  return execFileSync('sh', words, { encoding: 'utf8', maxBuffer: 64 * MIB })
    .trimEnd()
    .split('\n');
}
