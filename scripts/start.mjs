// npm start [-- --port 8080] [--host [address]] [--open]: installs what is missing, serves the page, prints its URL.
import { parseArgs } from 'node:util';
import { ensureDependencies } from './bootstrap/dependencies.mjs';
import { requireNode } from './bootstrap/node.mjs';
import { ROOT } from './bootstrap/paths.mjs';

function fail(message) {
  console.error(message);
  process.exit(1);
}

function options() {
  try {
    return parseArgs({
      options: { port: { type: 'string' }, host: { type: 'string' }, open: { type: 'boolean' } },
    }).values;
  } catch (error) {
    return fail(`${error.message}\nUsage: npm start [-- --port NUMBER] [--host ADDRESS] [--open]`);
  }
}

requireNode();
const { port: portOption, host, open } = options();
const wanted = portOption ?? process.env.PORT;
const port = wanted === undefined || wanted === '' ? undefined : Number(wanted);
if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535)) {
  fail(`The port is ${wanted}; a number from 0 to 65535 is needed.`);
}

await ensureDependencies();
const { createServer } = await import('vite');
try {
  // With --port, an occupied port is an error; without it, Vite uses the first free port from 5173 on.
  const server = await createServer({ root: ROOT, server: { port, strictPort: port !== undefined, host, open } });
  await server.listen();
  server.printUrls();
  console.log('  Press Ctrl+C to stop.');
} catch (error) {
  fail(`The server did not start: ${error.message}`);
}
