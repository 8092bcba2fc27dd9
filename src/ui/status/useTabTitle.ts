import { useEffect } from 'react';
import { tabTitle } from './tabTitle';
import { useStatus } from './useStatus';

/** Changing it more often makes the tabs flicker. */
const UPDATE_MS = 1000;

/** Keeps step and state of the run in the title of the browser's tab. */
export function useTabTitle(): void {
  const { run, status } = useStatus(UPDATE_MS);
  const title = tabTitle(run, status);
  useEffect(() => {
    document.title = title;
  }, [title]);
}
