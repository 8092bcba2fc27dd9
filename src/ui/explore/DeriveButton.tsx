import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useDataset } from '../lab';

interface DeriveButtonProps {
  readonly isOff: boolean;
  readonly icon: ReactNode;
  readonly children: string;
  onClick(): Promise<void>;
}

/** Makes other images of those in use, on which a new run is built. */
export function DeriveButton({ isOff, icon, children, onClick }: DeriveButtonProps) {
  const isLoading = useDataset((data) => data.loading !== null);
  const isWholeHeld = useDataset((data) => data.isWholeHeld);
  const [isBusy, setBusy] = useState(false);
  const press = async () => {
    setBusy(true);
    await onClick();
    setBusy(false);
  };
  return (
    <Button
      size="compact-sm"
      variant="default"
      disabled={isOff || isLoading || isBusy || !isWholeHeld}
      title={
        isWholeHeld
          ? undefined
          : 'These images were chosen before they came into the project file. Drop their folder to choose anew.'
      }
      leftSection={icon}
      onClick={() => void press()}
    >
      {children}
    </Button>
  );
}
