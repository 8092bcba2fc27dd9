import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { type DrivenBrowser, until } from './drivenBrowser';
import { isInstalled } from './installed';

const START_MS = 60_000;
const BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';

/** What is missing on this machine; null where WebKit can be opened. */
export function missingForWebKit(): string | null {
  const missing = ['WebKitWebDriver', 'xvfb-run', BROWSER].filter((program) => !isInstalled(program));
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`;
}

/** A port that is free now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** WebKitGTK by WebDriver, on a virtual screen. @throws Error where Debian's `webkit2gtk-driver` and `xvfb` are missing */
export async function openWebKit(): Promise<DrivenBrowser> {
  const port = await freePort();
  // A process group of its own, so that the virtual screen and the browser end with the driver.
  const driver = spawn('xvfb-run', ['-a', 'WebKitWebDriver', `--port=${port}`], { stdio: 'ignore', detached: true });
  let problem: Error | null = null;
  const fail = (reason: string) => {
    problem ??= new Error(`WebKitGTK did not start (${reason}): install webkit2gtk-driver and xvfb`);
  };
  driver.on('error', (error) => fail(error.message));
  driver.on('exit', () => fail('xvfb-run or WebKitWebDriver ended'));
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: { message?: string } | null };
    if (!response.ok) throw new Error(`WebKit: ${value?.message ?? response.statusText}`);
    return value;
  };
  const stop = () => {
    if (driver.pid === undefined || driver.exitCode !== null) return;
    process.kill(-driver.pid);
  };
  try {
    await until('WebKitWebDriver', START_MS, async () => {
      if (problem !== null) throw problem;
      return ask('GET', '/status').catch(() => null);
    });
    const capabilities = {
      alwaysMatch: { 'webkitgtk:browserOptions': { binary: BROWSER, args: ['--automation'] } },
    };
    const { sessionId, capabilities: given } = (await ask('POST', '/session', { capabilities })) as {
      sessionId: string;
      capabilities: { browserVersion: string };
    };
    const session = `/session/${sessionId}`;
    return {
      name: `WebKitGTK ${given.browserVersion}`,
      open: async (url) => {
        await ask('POST', `${session}/url`, { url });
      },
      run: (script) => ask('POST', `${session}/execute/sync`, { script, args: [] }),
      close: async () => {
        await ask('DELETE', session).catch(() => undefined);
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}
