import { Button, Popover } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import classes from './Status.module.css';

interface StatusDetailsProps {
  readonly label: string;
  /** Whether it is open at first: for an error, which must be seen. */
  readonly opensItself?: boolean;
  readonly children: ReactNode;
}

/** A button of the status line, and the explanation that it opens over the page. */
export function StatusDetails({ label, opensItself = false, children }: StatusDetailsProps) {
  const [opened, setOpened] = useState(opensItself);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      width={420}
      position="bottom-end"
      withinPortal={false}
      closeOnClickOutside={!opensItself}
      transitionProps={{ duration: 0 }}
      hideDetached={false}
      returnFocus
    >
      <Popover.Target>
        <Button
          className={classes.action}
          size="compact-sm"
          variant="default"
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
          onKeyDown={({ key }) => key === 'Escape' && setOpened(false)}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.details}>{children}</Popover.Dropdown>
    </Popover>
  );
}
