import { Anchor } from '@mantine/core';
import { countOfWhole, type Derivation } from '../../domain/derivation';
import { useDataset, useLab } from '../lab';
import { grouped } from '../numbers';

/** That only chosen images are in use, with the way back to all of them. */
export function DerivedNote({ derivation }: { readonly derivation: Derivation }) {
  const { deriving } = useLab();
  const isWholeHeld = useDataset((data) => data.isWholeHeld);
  if (derivation.images === undefined) return null;
  if (!isWholeHeld) return <div>Chosen images of “{derivation.from}”, from a project file.</div>;
  return (
    <div data-testid="dataset-derived">
      Chosen in Explore.{' '}
      <Anchor component="button" type="button" size="sm" onClick={() => void deriving.takeAll()}>
        All {grouped(countOfWhole(derivation))} images
      </Anchor>
    </div>
  );
}

/** The way back from classes that a person made to those that the images were loaded with. */
export function ClassesOfWhole() {
  const { deriving } = useLab();
  const from = useDataset((data) => data.info?.derivation?.from);
  const isWholeHeld = useDataset((data) => data.isWholeHeld);
  if (!isWholeHeld) return null;
  return (
    <Anchor component="button" type="button" size="sm" onClick={() => void deriving.takeClassesOfWhole()}>
      Back to the classes of {from}
    </Anchor>
  );
}
