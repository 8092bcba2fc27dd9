import { UsageError } from './usageError';

/**
 * Runs a command of the command line, and ends the process: Dawn would keep it alive. An error is printed with the code 1; one of the command
 * line's arguments together with their description.
 */
export async function runCommand(main: () => Promise<void>, usage: string): Promise<never> {
  try {
    await main();
    process.exit(0);
  } catch (error) {
    if (error instanceof UsageError) console.error(`${error.message}\n\n${usage}`);
    else console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
