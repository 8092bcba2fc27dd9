import { Slider, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { shownConfig } from '../../session/run/runStore';
import { useRun } from '../lab';
import { FieldRow } from './FieldRow';
import classes from './LearningRateField.module.css';
import { useSetting } from './useSetting';

const PATH = 'baseLearningRate';
/** The slider runs over powers of ten: 0.001 to 10. */
const LOWEST = -3;
const HIGHEST = 1;

function rateAt(position: number): number {
  return Number((10 ** position).toPrecision(2));
}

function positionOf(rate: number): number {
  return rate <= 0 ? LOWEST : Math.min(HIGHEST, Math.max(LOWEST, Math.log10(rate)));
}

/** The base learning rate, as a number and on a slider, with the resulting learning rate at this batch size. */
export function LearningRateField() {
  const { value, set } = useSetting(PATH);
  const rate = typeof value === 'number' ? value : 0;
  const batch = useRun((run) => shownConfig(run).batchSize);
  const [position, setPosition] = useState(positionOf(rate));
  useEffect(() => setPosition(positionOf(rate)), [rate]);
  const scaled = Number(((rate * batch) / 256).toPrecision(3));
  return (
    <div>
      <FieldRow path={PATH} />
      <Slider
        className={classes.slider}
        size="sm"
        min={LOWEST}
        max={HIGHEST}
        step={0.05}
        value={position}
        onChange={setPosition}
        onChangeEnd={(end) => set(rateAt(end))}
        label={(at) => String(rateAt(at))}
        thumbLabel="Base learning rate on a slider"
      />
      <Text size="xs" c="dimmed">
        lr = {rate} × {batch}/256 = {scaled}
      </Text>
    </div>
  );
}
