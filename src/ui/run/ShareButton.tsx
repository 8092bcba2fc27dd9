import { ActionIcon, Popover, Text, TextInput } from '@mantine/core';
import { IconCheck, IconLink } from '@tabler/icons-react';
import { useState } from 'react';
import { linkForOthers } from '../../session/link/linkSync';
import { useDataset, useLab, useRun } from '../lab';

/** Copies the address of the run: settings, seed and the changes made in flight. */
export function ShareButton() {
  const lab = useLab();
  const [link, setLink] = useState<string | null>(null);
  const [copied, setCopied] = useState(false);
  const own = useDataset((data) => data.info?.source.kind === 'folder');

  const weights = useRun((run) => run.active?.warmStart?.name);

  const share = async () => {
    const address = new URL(window.location.href);
    address.hash = linkForOthers(lab);
    setLink(address.href);
    try {
      await navigator.clipboard.writeText(address.href);
      setCopied(true);
    } catch {
      // No permission, or no secure context: the link is shown, to be copied by hand.
      setCopied(false);
    }
  };

  return (
    <Popover opened={link !== null} onChange={(opened) => !opened && setLink(null)} width={320} withArrow trapFocus>
      <Popover.Target>
        <ActionIcon
          variant="default"
          size={34}
          aria-label="Share"
          title="Share"
          onClick={() => (link === null ? void share() : setLink(null))}
        >
          <IconLink size={17} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" mb={6} role="status">
          {copied ? (
            <>
              <IconCheck size={14} aria-hidden /> Link copied. Opening it repeats this run.
            </>
          ) : (
            'Copy this link. Opening it repeats this run.'
          )}
        </Text>
        <TextInput
          aria-label="Link to this run"
          size="xs"
          readOnly
          value={link ?? ''}
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
        />
        {own === true && (
          <Text size="xs" c="dimmed" mt={6}>
            The link does not contain your images: whoever opens it is asked for the same folder.
          </Text>
        )}
        {weights !== undefined && (
          <Text size="xs" c="dimmed" mt={6}>
            The link does not contain the weights that the run began with: whoever opens it needs the file “{weights}”.
          </Text>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
