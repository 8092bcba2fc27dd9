import type { Command } from '../../../src/protocol/commands';

/** What the page of the soak sends to its worker: the commands of the lab's page, and that the device is to be lost. */
export type SoakMessage = Command | 'lose';
