import { decodeShareLink } from '../../src/domain/shareLink';
import { Trainer } from '../../src/engine/run/trainer';
import { syntheticDataset } from './syntheticDataset';

/** The losses of the first steps of a link's run, on synthetic images and the backend that is set. */
export async function lossesOfLink(link: string, steps: number): Promise<number[]> {
  const losses: number[] = [];
  const { config } = decodeShareLink(link).run;
  const trainer = new Trainer(syntheticDataset(40, 32), config, [], ({ kind, value }) => {
    if (kind === 'measurements') losses.push(...value.flatMap(({ loss }) => loss ?? []));
  });
  try {
    for (let t = 0; t < steps; t++) await trainer.advance();
    await trainer.flush();
    return losses;
  } finally {
    trainer.dispose();
  }
}
