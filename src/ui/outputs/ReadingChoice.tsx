import { SegmentedControl } from '@mantine/core';
import { READINGS, type Reading } from '../../domain/outputFrame';

interface ReadingChoiceProps {
  readonly reading: Reading;
  /** Whether the method has a predictor, and so a p. */
  readonly hasPredictor: boolean;
  onChange(reading: Reading): void;
}

const NAMES: Readonly<Record<Reading, string>> = { z: 'z', p: 'p', features: 'features' };

/** Which output of the network the picture shows. */
export function ReadingChoice({ reading, hasPredictor, onChange }: ReadingChoiceProps) {
  const offered = READINGS.filter((name) => name !== 'p' || hasPredictor);
  return (
    <SegmentedControl
      size="xs"
      aria-label="Outputs shown"
      data-part="reading"
      value={reading}
      onChange={(value) => {
        const chosen = offered.find((name) => name === value);
        if (chosen !== undefined) onChange(chosen);
      }}
      data={offered.map((name) => ({ value: name, label: NAMES[name] }))}
    />
  );
}
