// SPDX-License-Identifier: Apache-2.0

/** What opens an encrypted container of the image. */
export interface Secret {
  /** The container's UUID, which every prompt says in some form. */
  readonly uuid: string;
  readonly passphrase: string;
}

/**
 * The prompts of who asks on a serial console: GRUB (`Enter passphrase for hd0,gpt3 (UUID without dashes): `), the scripts
 * of Debian's initramfs (`Please unlock disk luks-UUID: `), systemd's agent (`Please enter passphrase for disk NAME
 * (luks-UUID): `, with a hint behind it), dracut's own (`Password (NAME): `).
 */
const PROMPT = /(?:enter passphrase for|unlock disk|^\W*password \() ?(.*)$/i;

/** Who asks again did not like the answer; three times is as often as most of them ask. */
const MOST_ANSWERS = 3;

/**
 * Answers prompts for passphrases, one line of the console at a time. A prompt is the end of a line that is not finished,
 * and may be finished by other messages before it is seen whole: so it is looked for in both, and answered once.
 */
export class Unlocker {
  private readonly asked = new Map<string, number>();
  private isAnswered = false;

  constructor(
    private readonly secrets: readonly Secret[],
    /** Types a passphrase, and the return key after it. */
    private readonly type: (text: string) => void,
  ) {}

  /** A line as far as it has come, without what moves and colours. */
  hearPartial(text: string): void {
    if (this.isAnswered) return;
    const said = PROMPT.exec(text)?.[1];
    if (said === undefined || !/:\s*$|\(press TAB/i.test(said)) return;
    this.isAnswered = this.answer(said);
  }

  /** A whole line. */
  hearLine(text: string): void {
    const said = this.isAnswered ? undefined : PROMPT.exec(text)?.[1];
    this.isAnswered = false;
    if (said !== undefined && !/^invalid|^wrong|fail/i.test(said)) this.answer(said);
  }

  private answer(said: string): boolean {
    const plain = said.replaceAll('-', '').toLowerCase();
    const secret = this.secrets.find((one) => plain.includes(one.uuid.replaceAll('-', '').toLowerCase()));
    if (!secret) return false;
    const key = `${secret.uuid} ${/^hd\d|^md|^lvm/i.test(said) ? 'grub' : 'system'}`;
    const times = (this.asked.get(key) ?? 0) + 1;
    if (times > MOST_ANSWERS) return false;
    this.asked.set(key, times);
    this.type(secret.passphrase);
    return true;
  }
}

/** Milliseconds before the first key, in which who asks has the line to itself, and between two. */
const PAUSE = { before: 300, between: 30 } as const;

/** Types as a person would: firmware and GRUB have no room for letters that come faster than they read. */
export function typist(write: (text: string) => void): (text: string) => void {
  let free = Promise.resolve();
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  return (text) => {
    free = free.then(async () => {
      await wait(PAUSE.before);
      for (const letter of `${text}\r`) {
        write(letter);
        await wait(PAUSE.between);
      }
    });
  };
}
