import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DrivenBrowser, until } from './drivenBrowser';
import { isInstalled } from './installed';

const START_MS = 60_000;
const PROGRAM = process.env.FIREFOX_PATH ?? 'firefox-esr';

/** Firefox's own protocol: messages `LENGTH:JSON` over TCP, requests [0, id, command, parameters], replies [1, id, error, result]. */
class Marionette {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #id = 0;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data) => {
      this.#received = Buffer.concat([this.#received, data]);
      this.#read();
    });
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('Firefox closed the connection')));
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #read(): void {
    for (;;) {
      const colon = this.#received.indexOf(':');
      const length = Number(this.#received.subarray(0, Math.max(0, colon)).toString());
      if (colon < 0 || this.#received.length < colon + 1 + length) return;
      const message: unknown = JSON.parse(this.#received.subarray(colon + 1, colon + 1 + length).toString());
      this.#received = this.#received.subarray(colon + 1 + length);
      // The first message is a greeting.
      if (!Array.isArray(message)) continue;
      const [, id, error, result] = message;
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === null) waiting?.resolve(result);
      else waiting?.reject(new Error(`Firefox: ${error.message}`));
    }
  }

  send(command: string, parameters: object = {}): Promise<unknown> {
    this.#id += 1;
    const id = this.#id;
    const message = Buffer.from(JSON.stringify([0, id, command, parameters]));
    this.#socket.write(`${message.length}:`);
    this.#socket.write(message);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** What is missing on this machine; null where Firefox can be opened. */
export function missingForFirefox(): string | null {
  return isInstalled(PROGRAM) ? null : `${PROGRAM} is not installed`;
}

/** @throws Error where there is no Firefox: Debian's package is `firefox-esr`, and `FIREFOX_PATH` names another. */
export async function openFirefox(): Promise<DrivenBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'firefox-profile-'));
  await writeFile(join(profile, 'user.js'), 'user_pref("marionette.port", 0);\n');
  const browser = spawn(PROGRAM, ['--headless', '--no-remote', '--marionette', '--profile', profile, 'about:blank'], {
    stdio: 'ignore',
  });
  let problem: Error | null = null;
  browser.on('error', (error) => {
    problem = new Error(
      `Firefox did not start (${error.message}): install firefox-esr, or set FIREFOX_PATH to its program`,
    );
  });
  const ended = new Promise<void>((resolve) => {
    browser.on('close', () => resolve());
  });
  const stop = async () => {
    if (browser.pid !== undefined && browser.exitCode === null) browser.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const port = await until('Firefox', START_MS, async () => {
      if (problem !== null) throw problem;
      return readFile(join(profile, 'MarionetteActivePort'), 'utf8').catch(() => null);
    });
    const socket = connect(Number(port), '127.0.0.1');
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const marionette = new Marionette(socket);
    const { capabilities } = (await marionette.send('WebDriver:NewSession')) as {
      capabilities: { browserVersion: string };
    };
    return {
      name: `Firefox ${capabilities.browserVersion}`,
      open: async (url) => {
        await marionette.send('WebDriver:Navigate', { url });
      },
      run: async (script) => {
        const { value } = (await marionette.send('WebDriver:ExecuteScript', { script, args: [] })) as {
          value: unknown;
        };
        return value;
      },
      close: async () => {
        marionette.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
