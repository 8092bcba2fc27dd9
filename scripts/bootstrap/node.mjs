// Plain JavaScript without dependencies, like everything in this folder: it runs before anything is installed.

const NEEDED = [20, 19];

/** Ends the process with an explanation when this Node is too old for the tools used here. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  console.error(
    `Node ${NEEDED.join('.')} or newer is needed; this is ${process.versions.node}. See https://nodejs.org.`,
  );
  process.exit(1);
}
