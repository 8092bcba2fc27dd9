import { ActionIcon, Button, Text, Tooltip } from '@mantine/core';
import { IconHelp } from '@tabler/icons-react';
import { formatBytes } from '../../formats/bytes';
import { useKeptImages, useLab } from '../lab';
import classes from './DataPanel.module.css';

/** What is kept, and who else can read it. */
const READERS =
  'A copy of the files stays in this browser until you forget it. Every page of this address, and whoever uses this browser profile, can read it.';

/** Asks once whether own images are to be kept on this computer. Nothing is kept until Keep is pressed. */
export function KeepQuestion() {
  const { keptImages } = useLab();
  const bytes = useKeptImages((kept) => kept.own?.bytes ?? 0);
  return (
    <fieldset className={classes.question} aria-label="Keep these images?">
      <Text size="xs">
        Keep these images on this computer, so that the run goes on after the page is closed?{' '}
        <Tooltip label={READERS} position="right">
          <ActionIcon variant="transparent" color="gray" size={16} aria-label="Help: what is kept">
            <IconHelp size={15} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Text>
      <div className={classes.buttons}>
        <Button size="compact-xs" variant="default" onClick={() => void keptImages.keep()}>
          Keep, {formatBytes(bytes)}
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => keptImages.onlyInTab()}>
          Only in this tab
        </Button>
      </div>
    </fieldset>
  );
}
