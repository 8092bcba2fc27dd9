import { CommandError } from './errors';

/**
 * Code that is loaded when it is first needed.
 * @param what it does, as in “The code that makes files”
 * @throws CommandError where it cannot be had: without a network, where it was never loaded before
 */
export async function loadedCode<T>(what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch {
    throw new CommandError('internal', `The code that ${what} could not be loaded: check the network and try again.`);
  }
}
