import { Accordion, Anchor, NativeSelect, Text } from '@mantine/core';
import { differingPaths, FIELDS, fieldOf, hasEffectOn } from '../../domain/fields';
import { ALL_OPTIONS, hasOption, METHOD_NAMES, METHODS, type MethodName } from '../../domain/methods/registry';
import { presetConfig } from '../../domain/presets';
import type { DatasetChoice } from '../../domain/runConfig';
import { PRESET_NAMES } from '../../domain/settings/names';
import type { FieldGroup } from '../../domain/settings/setting';
import { KEPT_BY_PRESET } from '../../session/run/rebase';
import { useLab, useRun } from '../lab';
import { Panel } from '../layout/Panel';
import { FieldRow } from './FieldRow';
import { LearningRateField } from './LearningRateField';
import classes from './SettingsPanel.module.css';

/** Settings that are not part of a preset: choosing a preset keeps them. */
const KEPT: ReadonlySet<string> = new Set(KEPT_BY_PRESET);

/** Settings whose control is elsewhere: in the data panel, the diagram, or the head of this panel. */
const ELSEWHERE = new Set(['preset', 'dataset', 'method', 'stopGradient']);

const SECTIONS: readonly { readonly group: FieldGroup; readonly title: string }[] = [
  { group: 'optimiser', title: 'Optimiser' },
  { group: 'heads', title: 'Heads and loss' },
  { group: 'network', title: 'Backbone' },
  { group: 'monitors', title: 'Monitors' },
  { group: 'run', title: 'Image size, seed, engine' },
];

/** The settings of a section, without the options of other methods and those without effect on the data set. */
function fieldsOf(group: FieldGroup, method: MethodName, dataset: DatasetChoice) {
  return FIELDS.filter(
    ({ group: own, path }) =>
      own === group &&
      !ELSEWHERE.has(path) &&
      (!ALL_OPTIONS.has(path) || hasOption(method, path)) &&
      hasEffectOn(path, dataset),
  );
}

/** Every setting except the data set and the augmentations. */
export function SettingsPanel() {
  const method = useRun((run) => run.config.method);
  const dataset = useRun((run) => run.config.dataset);
  return (
    <Panel title="Settings">
      <div className={classes.head}>
        <PresetSelect />
        <MethodSelect />
      </div>
      <Accordion
        multiple
        defaultValue={['optimiser', 'heads']}
        order={3}
        classNames={{
          item: classes.item,
          control: classes.control,
          label: classes.sectionLabel,
          content: classes.content,
        }}
      >
        {SECTIONS.map(({ group, title }) => (
          <Accordion.Item key={group} value={group}>
            <Accordion.Control>{title}</Accordion.Control>
            <Accordion.Panel>
              {fieldsOf(group, method, dataset).map(({ path }) =>
                path === 'baseLearningRate' ? <LearningRateField key={path} /> : <FieldRow key={path} path={path} />,
              )}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Panel>
  );
}

function PresetSelect() {
  const lab = useLab();
  const config = useRun((run) => run.config);
  const { preset, dataset, method } = config;
  const edited = differingPaths(config, presetConfig(preset, dataset, method)).filter(
    (path) => !KEPT.has(path) && hasEffectOn(path, dataset),
  ).length;
  const field = fieldOf('preset');
  const options = field.control.kind === 'choice' ? field.control.options : [];
  return (
    <div>
      <NativeSelect
        label={field.label}
        value={preset}
        data={options.map(({ value, label }) => ({ value: String(value), label }))}
        onChange={(event) => {
          const chosen = PRESET_NAMES.find((name) => name === event.currentTarget.value);
          if (chosen !== undefined) lab.setPreset(chosen);
        }}
      />
      <Text size="xs" c="dimmed" mt={3}>
        {edited === 0 ? (
          presetWords(preset)
        ) : (
          <>
            {edited} {edited === 1 ? 'setting' : 'settings'} changed by hand.{' '}
            <Anchor component="button" type="button" size="xs" onClick={() => lab.setPreset(preset)}>
              Restore the preset’s values
            </Anchor>
          </>
        )}
      </Text>
    </div>
  );
}

function presetWords(preset: (typeof PRESET_NAMES)[number]): string {
  return preset === 'paper'
    ? 'The paper’s values: hundreds of epochs. Needs a strong GPU and much time.'
    : 'Learning rates for short runs, higher than the paper’s.';
}

function MethodSelect() {
  const lab = useLab();
  const method = useRun((run) => run.config.method);
  return (
    <div>
      <NativeSelect
        label={fieldOf('method').label}
        value={method}
        data={METHOD_NAMES.map((name) => ({ value: name, label: METHODS[name].title }))}
        onChange={(event) => lab.set('method', event.currentTarget.value)}
      />
      <Text size="xs" c="dimmed" mt={3}>
        {METHODS[method].answerToCollapse}
      </Text>
    </div>
  );
}
