// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readTree } from '../../../../osinfo/detect/tree/read.js';
import { folderOf, newFolder } from '../../load/folders.js';
import { type Answering, serveFolder } from './server.js';
import { trees } from './trees.js';

const treeinfo = '[general]\nfamily = Fedora\nversion = 36\narch = x86_64\n[images-x86_64]\nkernel = a/vmlinuz\n';
const fedora = { family: 'Fedora', version: '36', arch: 'x86_64', kernel: 'a/vmlinuz' };

describe.each(trees)('$name', ({ at, files, from, facts, evidence, why }) => {
  it('is read from a folder', async () => {
    const reading = await readTree(join(folderOf(files), at));
    expect(reading).toMatchObject({ from, evidence });
    expect(reading.facts).toEqual(facts);
    expect(reading.evidence?.why).toMatch(why);
  });

  it('is read from an address', async () => {
    const server = await serveFolder(folderOf(files), 'chunked');
    try {
      const reading = await readTree(at === '.' ? server.address : `${server.address}/${at}/`);
      expect(reading).toMatchObject({ from, evidence });
      expect(reading.facts).toEqual(facts);
    } finally {
      await server.close();
    }
  });
});

describe('a tree in a folder', () => {
  it('is told by .treeinfo, and else by treeinfo', async () => {
    const folder = folderOf({ treeinfo: '[general]\nfamily = Other\n' });
    expect(await readTree(folder)).toMatchObject({ from: 'treeinfo', facts: { family: 'Other' } });
    folderOf({ '.treeinfo': treeinfo }, folder);
    expect(await readTree(folder)).toEqual({ location: folder, from: '.treeinfo', facts: fedora });
    const address = pathToFileURL(folder).href;
    expect(await readTree(address)).toEqual({ location: address, from: '.treeinfo', facts: fedora });
  });

  it('may have links, also out of it, and ends at what is no file', async () => {
    const elsewhere = folderOf({ info: treeinfo });
    const folder = newFolder();
    symlinkSync(join(elsewhere, 'info'), join(folder, '.treeinfo'));
    expect((await readTree(folder)).facts).toEqual(fedora);
    const pipe = newFolder();
    execFileSync('mkfifo', [join(pipe, '.treeinfo')]);
    folderOf({ treeinfo }, pipe);
    expect((await readTree(pipe)).from).toBe('treeinfo');
    const loop = newFolder();
    symlinkSync('.treeinfo', join(loop, '.treeinfo'));
    await expect(readTree(loop)).rejects.toThrow(/is no installation tree that is known/);
  });

  it('is refused with the line that is wrong', async () => {
    const folder = folderOf({ '.treeinfo': '[general]\ngarbage\n' });
    await expect(readTree(`${folder}/`)).rejects.toThrow(`${folder}/.treeinfo:2: Key file contains line “garbage”`);
  });

  it('is refused with a treeinfo of a size that none has', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, '.treeinfo'), '');
    truncateSync(join(folder, '.treeinfo'), 3_000_000_000);
    await expect(readTree(folder)).rejects.toThrow(/is larger than 1048576 bytes/);
  });

  it('has to be there, and a folder', async () => {
    const folder = folderOf({ file: 'x' });
    await expect(readTree(join(folder, 'none'))).rejects.toThrow(`${folder}/none: there is no such folder`);
    await expect(readTree(join(folder, 'file'))).rejects.toThrow(`${folder}/file: is not a folder`);
    await expect(readTree('ftp://example.org/tree')).rejects.toThrow(/a tree is a folder, or a file, http or https/);
    await expect(readTree(folder)).rejects.toThrow(
      `${folder}: is no installation tree that is known: it has no .treeinfo or treeinfo, and none of the layouts Debian, SUSE`,
    );
  });

  it.each([
    ['an empty .disk/info', { '.disk/info': '' }],
    ['a .disk/info without a version', { '.disk/info': 'my own disc\n' }],
    ['a content file of something else', { content: 'hello world\n', 'media.1/media': 'x\n' }],
    ['a MANIFEST of something else', { MANIFEST: 'base.txz\n' }],
    ['a SHA256 of something else', { SHA256: 'SHA256 (a.tgz) = 1\n' }],
    ['a .discinfo of two lines', { '.discinfo': '1.0\nx\n' }],
    ['a Release file without names', { 'dists/stable/Release': 'Origin: x\n' }],
  ])('is none with %s', async (_, files) => {
    await expect(readTree(folderOf(files))).rejects.toThrow(/is no installation tree that is known/);
  });
});

describe('a tree at an address', () => {
  it.each<Answering>(['length', 'chunked'])('is told by its treeinfo in one request (%s)', async (answering) => {
    const server = await serveFolder(folderOf({ 'a b/.treeinfo': treeinfo }), answering);
    const reading = await readTree(`${server.address}/a%20b`);
    expect(reading.facts).toEqual(fedora);
    expect(server.asked).toEqual(['/a b/.treeinfo']);
    await server.close();
  });

  it('asks for little where there is nothing', async () => {
    const server = await serveFolder(newFolder());
    await expect(readTree(server.address)).rejects.toThrow(/is no installation tree that is known/);
    expect(server.asked.slice(0, 2)).toEqual(['/.treeinfo', '/treeinfo']);
    expect(new Set(server.asked).size).toBe(server.asked.length);
    expect(server.asked.length).toBeLessThan(25);
    await server.close();
  });

  it('is not seen in a server that answers everything with a page', async () => {
    const server = await serveFolder(newFolder(), 'length', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Not here</title>');
      return true;
    });
    await expect(readTree(server.address)).rejects.toThrow(/is no installation tree that is known/);
    await server.close();
  });

  it('is not waited for where it has no end', async () => {
    const server = await serveFolder(newFolder(), 'length', (_, response) => {
      response.writeHead(200);
      const more = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(65_536, 'x'), () => setImmediate(more));
      };
      more();
      return true;
    });
    await expect(readTree(server.address)).rejects.toThrow(/the answer is larger than 1048576 bytes/);
    await server.close();
  });

  it('of a server that is not there is said so', async () => {
    const server = await serveFolder(newFolder());
    await server.close();
    await expect(readTree(`${server.address}/x`)).rejects.toThrow(/127\.0\.0\.1.*refused/);
  });
});
