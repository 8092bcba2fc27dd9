import { ActionIcon, Collapse } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { FIELDS, fieldOf } from '../../domain/fields';
import type { AugmentConfig } from '../../domain/runConfig';
import { AugmentPreview } from './AugmentPreview';
import classes from './AugmentSettings.module.css';
import { FieldRow } from './FieldRow';

const AUGMENTATIONS = [
  'crop',
  'flip',
  'jitter',
  'grayscale',
  'blur',
] as const satisfies readonly (keyof AugmentConfig)[];

/** The augmentations, each with its switch and strengths, and a preview of their views. */
export function AugmentSettings() {
  return (
    <div>
      <AugmentPreview />
      {AUGMENTATIONS.map((name) => (
        <Augmentation key={name} name={name} />
      ))}
    </div>
  );
}

function Augmentation({ name }: { readonly name: (typeof AUGMENTATIONS)[number] }) {
  const [opened, { toggle }] = useDisclosure(false);
  const own = `augment.${name}.enabled`;
  const { label } = fieldOf(own);
  const strengths = FIELDS.filter(({ path }) => path.startsWith(`augment.${name}.`) && path !== own);
  return (
    <div>
      <div className={classes.head}>
        <ActionIcon
          variant="transparent"
          color="gray"
          size={22}
          aria-label={`Strength of ${label.toLowerCase()}`}
          aria-expanded={opened}
          onClick={toggle}
        >
          <IconChevronDown size={15} aria-hidden className={opened ? classes.open : classes.closed} />
        </ActionIcon>
        <div className={classes.switch}>
          <FieldRow path={own} />
        </div>
      </div>
      <Collapse expanded={opened}>
        <div className={classes.strengths}>
          {strengths.map(({ path }) => (
            <FieldRow key={path} path={path} of={label} />
          ))}
        </div>
      </Collapse>
    </div>
  );
}
