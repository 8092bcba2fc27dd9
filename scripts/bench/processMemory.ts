import { readdir, readFile } from 'node:fs/promises';

interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

async function listProcesses(): Promise<ProcessInfo[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const processes = pids.map(async (pid): Promise<ProcessInfo | null> => {
    try {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
      return { pid, parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]), command };
    } catch {
      return null; // The process has ended meanwhile.
    }
  });
  return (await Promise.all(processes)).filter((process) => process !== null);
}

/** Resident bytes of a process, with shared pages divided among the processes that share them (Linux's PSS). */
async function residentBytes(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s*(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
}

/**
 * Current memory in bytes of the browser that this process has started: of its renderers (pages and their workers), of the largest one, and in
 * total. With one page open, the largest renderer is that page with its workers; Chromium has smaller ones for its own window and in reserve.
 * Zeros where there is no /proc.
 */
export async function browserMemory(): Promise<{
  readonly renderers: number;
  readonly largest: number;
  readonly all: number;
}> {
  const processes = await listProcesses().catch(() => []);
  const family = new Set([process.pid]);
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  let renderers = 0;
  let largest = 0;
  let all = 0;
  for (const { pid, command } of processes) {
    if (!family.has(pid) || !/chrom/i.test(command)) continue;
    const bytes = await residentBytes(pid);
    all += bytes;
    if (!command.includes('--type=renderer')) continue;
    renderers += bytes;
    largest = Math.max(largest, bytes);
  }
  return { renderers, largest, all };
}
