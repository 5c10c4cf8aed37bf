// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFingerprints } from '../../../builder/stages/install/openpgp-keys.js';
import { hasCommand } from '../stages/tree.js';
import { endAgent, makeSigner, type Signer } from './signer.js';

/** A key of RFC 9580 (its appendix A.3), which is of the newest version: gpg cannot make one. */
const VERSION_6 = `-----BEGIN PGP PUBLIC KEY BLOCK-----

xioGY4d/4xsAAAAg+U2nu0jWCmHlZ3BqZYfQMxmZu52JGggkLq2EVD34laM=
-----END PGP PUBLIC KEY BLOCK-----
`;

describe('a file of OpenPGP keys', () => {
  it('has the fingerprint that the standard says', () => {
    expect(readFingerprints(Buffer.from(VERSION_6))).toEqual([
      'CB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9',
    ]);
  });

  it('that holds none is refused, whatever it holds', () => {
    const body = VERSION_6.split('\n')[2]!;
    for (const bytes of ['', 'no key', '\x99', '\xc6', '\xc6\xff\xff\xff\xff\xff', '\x98\x7fshort', '\x9b'])
      expect(() => readFingerprints(Buffer.from(bytes, 'latin1'))).toThrow(/holds no OpenPGP key/);
    for (const text of [VERSION_6.replace(body, body.slice(0, 20)), VERSION_6.slice(0, 80)])
      expect(() => readFingerprints(Buffer.from(text))).toThrow(/holds no OpenPGP key/);
  });

  describe.runIf(hasCommand('gpg'))('that gpg makes', () => {
    let signers: Signer[];
    beforeAll(() => {
      signers = ['ed25519', 'rsa2048'].map((kind) => makeSigner(`${kind}@example.org`, kind));
    });
    afterAll(() => signers.forEach(endAgent));

    it('has the fingerprints that gpg says: armored, one after another, and as bytes', () => {
      const wanted = signers.map(({ fingerprint }) => fingerprint);
      const texts = signers.map(({ keyFile }) => readFileSync(keyFile, 'utf8'));
      expect(readFingerprints(Buffer.from(texts.join('\n')))).toEqual(wanted);
      expect(readFingerprints(Buffer.from(texts.join('').replaceAll('\n', '\r\n')))).toEqual(wanted);
      const bytes = texts.map((input) => execFileSync('gpg', ['--batch', '--quiet', '--dearmor'], { input }));
      expect(readFingerprints(Buffer.concat(bytes))).toEqual(wanted);
      for (let end = 0; end < bytes[0]!.length; end += 7)
        expect(() => {
          try {
            readFingerprints(bytes[0]!.subarray(0, end));
          } catch (error) {
            if (!/holds no OpenPGP key/.test((error as Error).message)) throw error;
          }
        }).not.toThrow();
    });
  });
});
