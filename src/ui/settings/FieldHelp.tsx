import { ActionIcon, Tooltip } from '@mantine/core';
import { IconHelp } from '@tabler/icons-react';
import { type Field, paperValue } from '../../domain/fields';
import { useRun } from '../lab';

/** What a setting means, on hover, focus or touch. */
export function FieldHelp({ field }: { readonly field: Field }) {
  const method = useRun((run) => run.config.method);
  const paper = paperValue(field, method);
  const sentences = [
    field.help,
    ...(field.live ? ['It can be changed while the run trains.'] : []),
    ...(paper === null ? [] : [`Paper (${field.source}): ${paper}.`]),
  ];
  return (
    <Tooltip label={sentences.join(' ')} position="right">
      <ActionIcon variant="transparent" color="gray" size={20} aria-label={`Help: ${field.label}`}>
        <IconHelp size={15} stroke={1.6} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
