import { Accordion, Anchor, Button, NativeSelect, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { isOptionOfOthers } from '../../domain/backbones/registry';
import type { ConfigPath } from '../../domain/configPath';
import { differingPaths, FIELDS, type Field, fieldOf, hasEffectOn } from '../../domain/fields';
import { ALL_OPTIONS, hasOption, METHOD_NAMES, METHODS } from '../../domain/methods/registry';
import { presetConfig } from '../../domain/presets';
import type { RunConfig } from '../../domain/runConfig';
import { PRESET_NAMES } from '../../domain/settings/names';
import type { FieldGroup } from '../../domain/settings/setting';
import { KEPT_BY_PRESET } from '../../session/run/rebase';
import { useLab, useRun } from '../lab';
import { Section } from '../layout/Section';
import { SuitButton } from '../suit/SuitButton';
import { AugmentSettings } from './AugmentSettings';
import { FieldRow } from './FieldRow';
import classes from './SettingsPanel.module.css';
import { StepMemory } from './StepMemory';

/** Settings that are not part of a preset: choosing a preset keeps them. */
const KEPT: ReadonlySet<string> = new Set(KEPT_BY_PRESET);

/** Settings whose control is elsewhere: in the data panel, the diagram, or the head of this panel. */
const ELSEWHERE = new Set(['preset', 'dataset', 'method', 'stopGradient']);

/** The settings that are always open: those that teach most. */
const OPEN: readonly ConfigPath[] = ['baseLearningRate', 'batchSize', 'outputDim', 'predictor', 'headBatchNorm'];

const SECTIONS: readonly { readonly group: FieldGroup; readonly title: string }[] = [
  { group: 'optimiser', title: 'Optimiser' },
  { group: 'heads', title: 'Heads and loss' },
  { group: 'network', title: 'Backbone' },
  { group: 'monitors', title: 'Monitors' },
  { group: 'run', title: 'Image size, seed, engine' },
];

/** The settings that the method and the backbone have, and that have an effect on the data set. */
function fieldsFor({ method, dataset, backbone }: RunConfig): readonly Field[] {
  return FIELDS.filter(
    ({ path }) =>
      !ELSEWHERE.has(path) &&
      (!ALL_OPTIONS.has(path) || hasOption(method, path)) &&
      !isOptionOfOthers(backbone, path) &&
      hasEffectOn(path, dataset),
  );
}

/** The settings: a few are open, as are those that were changed by hand; the rest, with the augmentations, is behind “More”. */
export function SettingsPanel() {
  const config = useRun((run) => run.config);
  const changed = useChanged();
  const [more, { toggle }] = useDisclosure(false);
  // While the rest is shown, a setting that is edited there stays where it is: moved, it would lose the focus.
  const [moved, setMoved] = useState(changed);
  const promoted = more ? moved : changed;
  const fields = fieldsFor(config).filter(({ group }) => group !== 'augment');
  const isOpen = ({ path }: Field) => OPEN.includes(path) || promoted.includes(path);
  const ranked = (path: ConfigPath) => (OPEN.includes(path) ? OPEN.indexOf(path) : OPEN.length);
  const open = fields.filter(isOpen).sort((a, b) => ranked(a.path) - ranked(b.path));
  const rest = fields.filter((field) => !isOpen(field));
  return (
    <Section title="Settings" part="settings">
      <div className={classes.head}>
        <MethodSelect />
        <PresetSelect changed={changed.length} />
        <StepMemory />
        <SuitButton />
      </div>
      <div className={classes.content}>
        {open.map(({ path }) => (
          <FieldRow key={path} path={path} isChanged={changed.includes(path)} isShort />
        ))}
      </div>
      <Button
        className={classes.more}
        data-part="moreSettings"
        variant="subtle"
        size="compact-sm"
        aria-expanded={more}
        onClick={() => {
          setMoved(changed);
          toggle();
        }}
        rightSection={<IconChevronDown size={14} aria-hidden className={more ? classes.up : undefined} />}
      >
        {more ? 'Fewer settings' : `More: ${rest.length} settings and augmentation`}
      </Button>
      {more && (
        <Accordion
          multiple
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
                {rest
                  .filter((field) => field.group === group)
                  .map(({ path }) => (
                    <FieldRow key={path} path={path} isChanged={changed.includes(path)} />
                  ))}
              </Accordion.Panel>
            </Accordion.Item>
          ))}
          <Accordion.Item value="augment">
            <Accordion.Control>Augmentation</Accordion.Control>
            <Accordion.Panel>
              <AugmentSettings />
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
    </Section>
  );
}

/** The settings that differ from the preset's values. */
function useChanged(): readonly ConfigPath[] {
  const config = useRun((run) => run.config);
  return useMemo(() => {
    const { preset, dataset, method } = config;
    return differingPaths(config, presetConfig(preset, dataset, method)).filter(
      (path) => !KEPT.has(path) && hasEffectOn(path, dataset),
    );
  }, [config]);
}

function PresetSelect({ changed }: { readonly changed: number }) {
  const lab = useLab();
  const preset = useRun((run) => run.config.preset);
  const field = fieldOf('preset');
  const options = field.control.kind === 'choice' ? field.control.options : [];
  return (
    <div data-part="preset">
      <NativeSelect
        label={field.label}
        value={preset}
        data={options.map(({ value, label }) => ({ value: String(value), label }))}
        onChange={(event) => {
          const chosen = PRESET_NAMES.find((name) => name === event.currentTarget.value);
          if (chosen !== undefined) lab.setPreset(chosen);
        }}
      />
      {/* Of the same height where there is nothing to restore, so that the settings below stay in place. */}
      <Text component="div" size="xs" c="dimmed" mt={3} mih="1.55em">
        {changed > 0 && (
          <>
            {changed} changed ·{' '}
            <Anchor component="button" type="button" size="xs" onClick={() => lab.setPreset(preset)}>
              Restore
            </Anchor>
          </>
        )}
      </Text>
    </div>
  );
}

function MethodSelect() {
  const lab = useLab();
  const method = useRun((run) => run.config.method);
  return (
    <div data-part="method">
      <NativeSelect
        label={fieldOf('method').label}
        value={method}
        data={METHOD_NAMES.map((name) => ({ value: name, label: METHODS[name].title }))}
        onChange={(event) => lab.set('method', event.currentTarget.value)}
      />
    </div>
  );
}
